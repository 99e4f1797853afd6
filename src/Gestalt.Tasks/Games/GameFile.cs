namespace Gestalt.Tasks.Games;

/// <summary>Games as a text file: a game in each line, as <see cref="Game"/> writes it. Anybody's games can be imitated.</summary>
public static class GameFile
{
    /// <summary>Reads the games of a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rules">The rules.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">A line is no game, or there is none; the message names the line and the reason.</exception>
    public static IReadOnlyList<Game> Read(string path, LineGame rules)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"there is no file '{path}' of games.");
        var games = new List<Game>();
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            try
            {
                games.Add(Game.Parse(rules, line.Trim()));
            }
            catch (FormatException problem)
            {
                throw new InvalidDataException($"{path}, line {number}: this is no game of {rules.Name}: {problem.Message}. Put it right, or take the line out.", problem);
            }
        }

        return games.Count > 0 ? games : throw new InvalidDataException($"{path} holds no games: write one in each line, such as AdBeC>.");
    }

    /// <summary>Writes games, each a line.</summary>
    /// <param name="path">The file.</param>
    /// <param name="games">The games.</param>
    public static void Write(string path, IEnumerable<Game> games)
    {
        string beside = path + ".new";
        File.WriteAllLines(beside, games.Select(game => game.ToString()));
        File.Move(beside, path, overwrite: true);
    }
}
