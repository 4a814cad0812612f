using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Ttm.Load;

/// <summary>The command line: its options, what they default to, and what is wrong with them in one sentence.</summary>
internal sealed class LoadCommand
{
    private readonly Option<Uri> _url = new("--url") { Description = "The server, such as http://localhost:8080.", Required = true, HelpName = "url", CustomParser = ParseUrl };
    private readonly Option<string> _key = new("--key") { Description = "An API key of the server (Auth:Keys).", Required = true, HelpName = "key" };
    private readonly Option<string> _secret = new("--secret") { Description = "The key's secret.", Required = true, HelpName = "secret" };
    private readonly Option<int> _lessons = Number("--lessons", "Lessons at the same time; with --find-max, to begin with.", 10, 1, 100_000);
    private readonly Option<int> _students = Number("--students", "Students of each lesson.", 2, 1, 1000);
    private readonly Option<TimeSpan> _switchEvery = Duration("--switch-every", "How long a student listens.", TimeSpan.FromSeconds(10));
    private readonly Option<TimeSpan> _duration = Duration("--duration", "How long is measured, once all have joined; with --find-max, at each number of lessons.", TimeSpan.FromSeconds(30));
    private readonly Option<int> _storm = Number("--storm", "Students who join the running lessons, at the join rate, before the measurement.", 0, 0, 100_000);
    private readonly Option<int> _joinRate = Number("--join-rate", "Connections a second.", 50, 1, 10_000);
    private readonly Option<int?> _pid = new("--pid") { Description = "The server's process on this machine, to read its CPU and memory. Without it /metrics must do.", HelpName = "pid" };
    private readonly Option<string?> _json = new("--json") { Description = "Writes the figures to this file too.", HelpName = "file" };
    private readonly Option<TimeSpan> _settle = Duration("--settle", "How long recordings may take to become whole.", TimeSpan.FromMinutes(1));
    private readonly Option<string> _prefix = new("--prefix") { Description = "Begins the ids of the lessons.", HelpName = "text", DefaultValueFactory = _ => $"load-{Environment.ProcessId}" };
    private readonly Option<bool> _findMax = new("--find-max") { Description = "Finds the largest number of lessons without loss and with a p99 delay under 20 ms." };

    public RootCommand Create(Func<LoadOptions, CancellationToken, Task<int>> run)
    {
        var command = new RootCommand("Puts lessons on a TtmMedia server with real WHIP and WHEP clients, and measures what they get.");
        foreach (var option in new Option[] { _url, _key, _secret, _lessons, _students, _switchEvery, _duration, _storm, _joinRate, _pid, _json, _settle, _prefix, _findMax })
            command.Options.Add(option);
        command.SetAction((parsed, cancellationToken) => run(Read(parsed), cancellationToken));
        return command;
    }

    private LoadOptions Read(ParseResult parsed) => new(
        parsed.GetValue(_url)!,
        parsed.GetValue(_key)!,
        parsed.GetValue(_secret)!,
        parsed.GetValue(_lessons),
        parsed.GetValue(_students),
        parsed.GetValue(_switchEvery),
        parsed.GetValue(_duration),
        parsed.GetValue(_storm),
        parsed.GetValue(_joinRate),
        parsed.GetValue(_pid),
        parsed.GetValue(_json),
        parsed.GetValue(_settle),
        parsed.GetValue(_prefix)!,
        parsed.GetValue(_findMax));

    private static Option<int> Number(string name, string description, int usual, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, HelpName = "n", DefaultValueFactory = _ => usual };
        option.CustomParser = result =>
        {
            if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most)
                return value;
            result.AddError($"{name} must be a whole number from {least} to {most}, not '{result.Tokens[0].Value}'.");
            return 0;
        };
        return option;
    }

    private static Option<TimeSpan> Duration(string name, string description, TimeSpan usual)
    {
        var option = new Option<TimeSpan>(name) { Description = description, HelpName = "10s|5m", DefaultValueFactory = _ => usual };
        option.CustomParser = result =>
        {
            if (TryParseDuration(result.Tokens[0].Value, out var value))
                return value;
            result.AddError($"{name} must be a time such as 500ms, 10s, 5m or 1h, not '{result.Tokens[0].Value}'.");
            return default;
        };
        return option;
    }

    private static Uri? ParseUrl(ArgumentResult result)
    {
        if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
            return url;
        result.AddError($"--url must be an http or https address, not '{result.Tokens[0].Value}'.");
        return null;
    }

    private static bool TryParseDuration(string text, out TimeSpan duration)
    {
        (string suffix, double milliseconds)[] units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];
        duration = default;
        foreach (var (suffix, milliseconds) in units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal))
                continue;
            if (!double.TryParse(text[..^suffix.Length], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count) || count <= 0 || count > 1e6)
                return false;
            duration = TimeSpan.FromMilliseconds(count * milliseconds);
            return true;
        }

        return false;
    }
}
