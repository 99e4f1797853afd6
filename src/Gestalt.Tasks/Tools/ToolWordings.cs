using Gestalt.World;

namespace Gestalt.Tasks.Tools;

/// <summary>An arithmetic operation and how one asks for it; {a} and {b} are the operands.</summary>
/// <param name="Sign">Its sign; % for so many per cent of something.</param>
/// <param name="Seen">Questions of training.</param>
/// <param name="Unseen">Questions of tests.</param>
internal sealed record Operation(string Sign, string[] Seen, string[] Unseen)
{
    public string[] Asked(Phrasing phrasing) => phrasing == Phrasing.Seen ? Seen : Unseen;
}

/// <summary>How people ask what tools answer. What is unseen is in no training conversation.</summary>
internal static class ToolWordings
{
    public static readonly Operation[] Operations =
    [
        new("+",
            ["What is {a} plus {b}?", "How much is {a} plus {b}?", "Add {a} and {b}.", "What is {a} + {b}?", "{a} + {b} = ?", "Calculate {a} plus {b}.", "What is the sum of {a} and {b}?", "What do you get when you add {b} to {a}?", "Please work out {a} + {b}.",
             "{a} and {b} together, how much is that?", "What do {a} and {b} make?", "Put {a} and {b} together.", "Find the total of {a} and {b}.", "Sum {a} and {b} up, please.", "I have {a} and get {b} more, what do I have?", "Could you add {a} and {b}?", "What does {a} plus {b} come to?",
             "If I have {a} and find {b}, what do I have then?", "What is the total of {a} and {b}?", "How much is {a} and {b} in all?", "Please put {a} and {b} together for me."],
            ["Tell me what {a} plus {b} comes to.", "Please add up {a} and {b} for me.", "How much do {a} and {b} make together?", "I need the total of {a} and {b}."]),
        new("-",
            ["What is {a} minus {b}?", "How much is {a} minus {b}?", "What is {a} - {b}?", "{a} - {b} = ?", "Calculate {a} minus {b}.", "What is the difference of {a} and {b}?", "What is {a} less {b}?", "Please work out {a} - {b}.",
             "Take {b} away from {a}.", "What is left of {a} without {b}?", "I have {a} and lose {b}, what is left?", "Subtract {b} from {a}.", "What does {a} minus {b} come to?", "Start with {a} and take away {b}.", "Reduce {a} by {b}.", "How much remains of {a} after {b} are gone?",
             "Somebody has {a} and loses {b}. What remains?", "What is {a} reduced by {b}?", "Could you reduce {a} by {b}?", "If you take {b} from {a}, what do you get?", "I start with {a} and spend {b}. What do I still have?", "Lower {a} by {b}.", "If {b} of {a} are lost, what remains?", "Please take {b} off {a} for me."],
            ["Tell me what {a} minus {b} comes to.", "If I start with {a} and lose {b}, what is left?", "Please reduce {a} by {b} for me."]),
        new("*",
            ["What is {a} times {b}?", "How much is {a} times {b}?", "Multiply {a} by {b}.", "What is {a} * {b}?", "{a} * {b} = ?", "Calculate {a} times {b}.", "What is the product of {a} and {b}?", "What is {a} multiplied by {b}?", "Please work out {a} * {b}.",
             "What does {a} times {b} come to?", "How much is {a} taken {b} times?", "Please multiply {a} by {b}.", "Could you multiply {a} and {b}?", "What do I get for {a} times {b}?", "{a} times {b}, please.", "If I take {a} times {b}, what comes out?", "I need {a} times {b}."],
            ["Tell me what {a} times {b} comes to.", "Please multiply {a} and {b} for me.", "How much do I get for {a} times {b}?"]),
        new("/",
            ["What is {a} divided by {b}?", "How much is {a} divided by {b}?", "Divide {a} by {b}.", "What is {a} / {b}?", "{a} / {b} = ?", "Calculate {a} divided by {b}.", "What is the quotient of {a} and {b}?", "Please work out {a} / {b}.",
             "Split {a} into {b} parts.", "Share {a} among {b}.", "What does {a} divided by {b} come to?", "What comes out when you divide {a} by {b}?", "How often does {b} go into {a}?", "Could you split {a} by {b}?", "{a} divided by {b}, please.", "Please divide {a} by {b} for me.", "I want to divide {a} by {b}. What do I get?", "If {a} is split by {b}, how much is that?"],
            ["Tell me what {a} divided by {b} comes to.", "Please split {a} by {b} for me.", "I have to divide {a} by {b}, what comes out?"]),
        new("%",
            ["What is {a}% of {b}?", "How much is {a} percent of {b}?", "What is {a} percent of {b}?", "Calculate {a}% of {b}.", "How many are {a} percent of {b}?",
             "What does {a} percent of {b} come to?", "{a} percent of {b}, please.", "Find {a} percent of {b}.", "How much do I get for {a} percent of {b}?", "Please work out {a}% of {b}.", "Tell me {a} percent of {b}.", "I want {a} percent of {b}, please.", "How much do {a} percent of {b} come to?"],
            ["Tell me what {a} percent of {b} comes to.", "I need {a} percent of {b}, how much is that?"]),
    ];

    public static readonly (string Text, string Expression)[] Stories =
    [
        ("A baker bakes {a} loaves a day. How many loaves are that in {b} days?", "{a} * {b}"),
        ("A box holds {a} apples. How many apples are in {b} boxes?", "{a} * {b}"),
        ("One ticket costs {a} coins. What do {b} tickets cost?", "{a} * {b}"),
        ("A book has {a} pages. How many pages do {b} such books have?", "{a} * {b}"),
        ("Mira has {a} buttons and finds {b} more. How many buttons does she have now?", "{a} + {b}"),
        ("There are {a} people at the fair, and {b} more arrive. How many are there then?", "{a} + {b}"),
        ("A shop had {a} candles and got {b} new ones. How many candles has it now?", "{a} + {b}"),
        ("There were {a} plums in the basket. The children ate {b}. How many are left?", "{a} - {b}"),
        ("A farmer had {a} eggs and sold {b} of them. How many eggs does he still have?", "{a} - {b}"),
        ("The walk is {a} steps long, and we have gone {b}. How many steps remain?", "{a} - {b}"),
        ("{a} cookies are shared among {b} children. How many does each get?", "{a} / {b}"),
        ("We pack {a} jars into boxes of {b}. How many boxes do we need?", "{a} / {b}"),
        ("Every row has {a} chairs. How many chairs are there in {b} rows?", "{a} * {b}"),
        ("A cart carries {a} bricks. How many bricks are that in {b} carts?", "{a} * {b}"),
        ("She reads {a} pages a week. How many pages does she read in {b} weeks?", "{a} * {b}"),
        ("Each hen lays {a} eggs a year. How many eggs do {b} hens lay?", "{a} * {b}"),
        ("Ned had {a} shells and found {b} more on the shore. How many shells has he now?", "{a} + {b}"),
        ("{a} children sing in the choir, and {b} others join them. How many children sing then?", "{a} + {b}"),
        ("The tailor sewed {a} shirts in spring and {b} in summer. How many is that together?", "{a} + {b}"),
        ("There were {a} birds on the roof. Then {b} flew away. How many are left?", "{a} - {b}"),
        ("{a} candles were burning. A gust put {b} out. How many are still burning?", "{a} - {b}"),
        ("Of {a} lanterns {b} were broken. How many were whole?", "{a} - {b}"),
        ("I had {a} stamps and gave {b} away. How many do I still have?", "{a} - {b}"),
        ("{a} nuts are shared among {b} squirrels. How many does each get?", "{a} / {b}"),
        ("A rope of {a} metres is cut into {b} pieces. How long is each?", "{a} / {b}"),
        ("{a} pupils are split into {b} teams. How many pupils are in a team?", "{a} / {b}"),
        ("{a} coins are divided equally among {b} friends. How many does each friend get?", "{a} / {b}"),
    ];

    public static readonly (string Text, string Expression)[] UnseenStories =
    [
        ("A sack holds {a} potatoes. How many potatoes are in {b} sacks?", "{a} * {b}"),
        ("A weaver makes {a} scarves a month. How many scarves are that in {b} months?", "{a} * {b}"),
        ("Tobin has {a} marbles and wins {b} more. How many marbles does he have now?", "{a} + {b}"),
        ("There were {a} pears on the tree. The wind blew {b} down. How many are left?", "{a} - {b}"),
        ("{a} pencils are shared among {b} pupils. How many does each get?", "{a} / {b}"),
    ];

    public static readonly (string Many, string From, string Few, string To)[] Conversions =
    [
        ("kilometres", "km", "metres", "m"), ("metres", "m", "centimetres", "cm"), ("centimetres", "cm", "millimetres", "mm"), ("metres", "m", "kilometres", "km"),
        ("kilograms", "kg", "grams", "g"), ("grams", "g", "kilograms", "kg"), ("litres", "l", "millilitres", "ml"), ("hours", "h", "minutes", "min"),
        ("minutes", "min", "seconds", "s"), ("miles", "mi", "kilometres", "km"), ("pounds", "lb", "grams", "g"), ("inches", "inches", "centimetres", "cm"), ("days", "days", "hours", "h"),
    ];

    public static readonly string[] UnitQuestions =
        ["How many {to} are {a} {from}?", "What are {a} {from} in {to}?", "Convert {a} {from} to {to}.", "How much is {a} {from} in {to}?", "{a} {from} are how many {to}?", "How many {to} make {a} {from}?", "{a} {from}, how much is that in {to}?", "There are {a} {from}. How many {to} is that?"];

    public static readonly string[] UnseenUnitQuestions = ["Please tell me how many {to} there are in {a} {from}.", "I have {a} {from}, how many {to} is that?"];

    public static readonly string[] Comparisons =
        ["Which is {word}, {a} or {b}?", "Which number is {word}: {a} or {b}?", "What is {word}, {a} or {b}?", "Is {a} or {b} {word}?", "Of {a} and {b}, which is {word}?", "Tell me the {word} one of {a} and {b}.", "Which of the two is the {word} number, {a} or {b}?", "What is the {word} one, {a} or {b}?"];

    public static readonly string[] UnseenComparisons = ["Tell me which one is {word}, {a} or {b}.", "Between {a} and {b}, which is the {word} number?"];

    public static readonly string[] LetterQuestions =
        ["How many times does the letter {a} occur in {b}?", "How many {a} are in the word {b}?", "How often is the letter {a} in {b}?", "Count the letter {a} in {b}.", "How many letters {a} does {b} have?", "In {b}, how many are there of the letter {a}?", "How many times does the word {b} have the letter {a}?", "How often does {b} have an {a}?"];

    public static readonly string[] UnseenLetterQuestions = ["Tell me how often {b} has the letter {a}.", "In the word {b}, how many times is there the letter {a}?"];

    public static readonly string[] BackwardsQuestions = ["Spell {b} backwards.", "What is {b} backwards?", "Write {b} from back to front.", "Turn the word {b} round.", "How do you write {b} backwards?", "Reverse {b}.", "Please write the word {b} backwards.", "Tell me what {b} is in reverse."];

    public static readonly string[] UnseenBackwardsQuestions = ["Please reverse the word {b}.", "Tell me {b} backwards."];

    public static readonly string[] WeekdayQuestions =
        ["What day of the week was {a}?", "Which weekday was {a}?", "On what day of the week did {a} fall?", "{a} was which day of the week?", "What weekday was {a}?", "Tell me the weekday of {a}.", "Was it a Monday or another day on {a}?", "Which day was {a}?", "Name the day of the week of {a}.", "Was it on a Monday or a Tuesday, {a}?", "I was born on {a}. Which day of the week was that?", "Say which weekday it was on {a}.", "{a}: a Sunday, a Monday, or which day?"];

    public static readonly string[] UnseenWeekdayQuestions = ["Tell me which day of the week {a} was.", "Was {a} a Monday, a Tuesday or what?"];

    public static readonly string[] SpanQuestions =
        ["How many days are there from {a} to {b}?", "How many days lie between {a} and {b}?", "How long is it from {a} to {b}, in days?", "Count the days from {a} to {b}.", "From {a} to {b}, how many days is that?", "How many days do I wait from {a} to {b}?", "How many days pass between {a} and {b}?", "I left on {a} and came back on {b}. How many days was I away?"];

    public static readonly string[] UnseenSpanQuestions = ["Tell me how many days pass from {a} to {b}.", "If I wait from {a} to {b}, how many days is that?"];

    /// <summary>What one says to be answered at once, without steps.</summary>
    public const string AtOnce = "Just the answer, please.";

    /// <summary>What one says to be shown the way.</summary>
    public const string Stepwise = "Think step by step.";
}
