using System.Globalization;

namespace Ttm.Server.Api;

/// <summary>The parameters of a query. The first flaw found stays in <see cref="Flaw"/>, so that a handler reads all of them and looks once.</summary>
internal sealed class QueryReader(IQueryCollection query)
{
    /// <summary>What is wrong with the query, or null.</summary>
    public Problem? Flaw { get; private set; }

    /// <summary>An id, or null where the parameter is absent or empty.</summary>
    public string? Id(string name)
    {
        if (Text(name) is not { } id || Ids.IsValid(id))
            return Text(name);
        Flaw ??= Problem.BadField(name, $"The parameter \"{name}\" must be {Ids.Rule}");
        return null;
    }

    public int Number(string name, int defaultValue, int minimum, int maximum)
    {
        if (Text(name) is not { } text)
            return defaultValue;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= minimum && value <= maximum)
            return value;
        Flaw ??= Problem.BadField(name, $"The parameter \"{name}\" must be a whole number from {minimum} to {maximum}.");
        return defaultValue;
    }

    /// <summary>A day of UTC, such as 2026-03-04.</summary>
    public DateTimeOffset? Day(string name)
    {
        if (Text(name) is not { } text)
            return null;
        // The last day that can be written has no day after it.
        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) && day < DateOnly.MaxValue)
            return new DateTimeOffset(day, TimeOnly.MinValue, TimeSpan.Zero);
        Flaw ??= Problem.BadField(name, $"The parameter \"{name}\" must be a day such as 2026-03-04.");
        return null;
    }

    /// <summary>RFC 3339, with Z or an offset.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text)
            return null;
        if (DateTimeOffset.TryParseExact(text.ToUpperInvariant(), Formats, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && HasZone(text))
            return time;
        Flaw ??= Problem.BadField(name, $"The parameter \"{name}\" must be a time such as 2026-03-04T05:06:07Z (in a URL a + is written %2B).");
        return null;
    }

    /// <summary>One of an enumeration's names, in camelCase.</summary>
    public T? OneOf<T>(string name)
        where T : struct, Enum
    {
        if (Text(name) is not { } text)
            return null;
        if (Enum.GetNames<T>().Any(one => Camel(one) == text))
            return Enum.Parse<T>(text, ignoreCase: true);
        Flaw ??= Problem.BadField(name, $"The parameter \"{name}\" must be one of {string.Join(", ", Enum.GetNames<T>().Select(Camel))}.");
        return null;
    }

    public void Refuse(string title) => Flaw ??= Problem.BadRequest(title);

    private static readonly string[] Formats = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    private static bool HasZone(string text) => text[^1] is 'Z' or 'z' || (text.Length > 6 && text[^6] is '+' or '-');

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private string? Text(string name)
    {
        var values = query[name];
        if (values.Count > 1)
            Flaw ??= Problem.BadField(name, $"The parameter \"{name}\" is there {values.Count} times: give it once.");
        return values.Count == 1 && values[0] is { Length: > 0 } text ? text : null;
    }
}
