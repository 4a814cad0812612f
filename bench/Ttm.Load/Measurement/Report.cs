using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Ttm.Load.Measurement;

/// <summary>Figures by name: a table for people and JSON for programs, from one list. Times are milliseconds, shares percent of a core.</summary>
internal sealed class Report
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    private readonly List<(string Name, string Text)> _rows = [];
    private readonly JsonObject _json = [];

    public void Add(string name, string key, long value) => Add(name, key, value, value.ToString(CultureInfo.InvariantCulture));

    public void Add(string name, string key, string value) => Add(name, key, value, value);

    /// <param name="unit">Behind the number.</param>
    public void Add(string name, string key, double? value, string format, string unit)
    {
        if (value is { } known)
            Add(name, key, Math.Round(known, 6), known.ToString(format, CultureInfo.InvariantCulture) + unit);
    }

    /// <summary>A row with the quantiles, all in milliseconds.</summary>
    public void Add(string name, string key, Histogram times)
    {
        if (times.Count > 0)
            AddQuantiles(name, key, times.Quantile(0.5), times.Quantile(0.99), times.Max)["count"] = times.Count;
    }

    /// <summary>A row with how much larger the quantiles of the first are, in milliseconds; none where there is nothing to compare.</summary>
    public void AddDifference(string name, string key, Histogram times, Histogram yardstick)
    {
        if (times.Count > 0 && yardstick.Count > 0)
            AddQuantiles(name, key, times.Quantile(0.5) - yardstick.Quantile(0.5), times.Quantile(0.99) - yardstick.Quantile(0.99), times.Max - yardstick.Max);
    }

    public void Add(string key, JsonNode node) => _json[key] = node;

    public string ToTable()
    {
        int width = _rows.Max(row => row.Name.Length);
        int values = _rows.Max(row => row.Text.Length);
        var lines = _rows.Select(row => $"| {row.Name.PadRight(width)} | {row.Text.PadRight(values)} |");
        return string.Join('\n', lines.Prepend($"| {new string('-', width)} | {new string('-', values)} |").Prepend($"| {"figure".PadRight(width)} | {"value".PadRight(values)} |"));
    }

    public string ToJson() => _json.ToJsonString(Indented);

    private JsonObject AddQuantiles(string name, string key, TimeSpan p50, TimeSpan p99, TimeSpan max)
    {
        _rows.Add((
            $"{name}, p50 / p99 / max",
            string.Create(CultureInfo.InvariantCulture, $"{p50.TotalMilliseconds:F3} / {p99.TotalMilliseconds:F3} / {max.TotalMilliseconds:F3} ms")));
        var quantiles = new JsonObject
        {
            ["p50"] = Math.Round(p50.TotalMilliseconds, 4),
            ["p99"] = Math.Round(p99.TotalMilliseconds, 4),
            ["max"] = Math.Round(max.TotalMilliseconds, 4),
        };
        _json[key] = quantiles;
        return quantiles;
    }

    private void Add(string name, string key, JsonNode value, string text)
    {
        _rows.Add((name, text));
        _json[key] = value;
    }
}
