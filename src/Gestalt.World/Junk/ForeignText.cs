using System.Text;

namespace Gestalt.World.Junk;

/// <summary>Pages in French, German and Spanish, put together from sentences of our own.</summary>
internal static class ForeignText
{
    private static readonly string[][] Sentences =
    [
        [
            "Le petit village dort encore sous la neige.", "La boulangère ouvre sa porte à six heures du matin.", "Nous avons mangé une soupe très chaude près du feu.",
            "Mon grand-père raconte toujours la même histoire, et nous l'écoutons avec plaisir.", "Il pleut depuis trois jours et la rivière monte.",
            "Les enfants jouent dans la cour avec un vieux ballon.", "Au marché, on trouve des pommes, du fromage et des chaussettes.",
            "Le chat regarde par la fenêtre sans bouger.", "Demain, s'il fait beau, nous irons à la montagne.", "Personne ne sait qui a peint la pompe en bleu.",
            "Elle joue du violon le soir, et les voisins ferment les volets.", "Ce pont est plus vieux que l'église.",
        ],
        [
            "Das kleine Dorf schläft noch unter dem Schnee.", "Die Bäckerin öffnet um sechs Uhr ihre Tür.", "Wir haben am Ofen eine heiße Suppe gegessen.",
            "Mein Großvater erzählt immer dieselbe Geschichte, und wir hören gerne zu.", "Es regnet seit drei Tagen, und der Fluss steigt.",
            "Die Kinder spielen im Hof mit einem alten Ball.", "Auf dem Markt gibt es Äpfel, Käse und warme Socken.",
            "Die Katze schaut aus dem Fenster und bewegt sich nicht.", "Wenn morgen die Sonne scheint, gehen wir in die Berge.", "Niemand weiß, wer die Pumpe blau gestrichen hat.",
            "Abends spielt sie Geige, und die Nachbarn schließen die Läden.", "Diese Brücke ist älter als die Kirche.",
        ],
        [
            "El pequeño pueblo duerme todavía bajo la nieve.", "La panadera abre su puerta a las seis de la mañana.", "Comimos una sopa muy caliente cerca del fuego.",
            "Mi abuelo cuenta siempre la misma historia y nosotros escuchamos con gusto.", "Llueve desde hace tres días y el río sube.",
            "Los niños juegan en el patio con una pelota vieja.", "En el mercado hay manzanas, queso y calcetines.",
            "El gato mira por la ventana sin moverse.", "Si mañana hace buen tiempo, iremos a la montaña.", "Nadie sabe quién pintó la bomba de azul.",
            "Por la noche toca el violín y los vecinos cierran las ventanas.", "Este puente es más viejo que la iglesia.",
        ],
    ];

    private static readonly string[] Titles = ["Nouvelles du village", "Neues aus dem Dorf", "Noticias del pueblo"];

    public static string Write(ref Dice dice)
    {
        int language = dice.Below(Titles.Length);
        var text = new StringBuilder(Titles[language]).Append(' ').Append(dice.Between(1, 999));
        int paragraphs = dice.Between(2, 4);
        for (int p = 0; p < paragraphs; p++)
        {
            text.Append("\n\n");
            int sentences = dice.Between(3, 6);
            for (int n = 0; n < sentences; n++)
            {
                text.Append(n == 0 ? "" : " ").Append(dice.Pick(Sentences[language]));
            }
        }
        return text.ToString();
    }
}
