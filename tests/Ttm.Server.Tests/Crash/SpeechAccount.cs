using System.Globalization;
using Ttm.Rtc;
using Ttm.Testing.Sound;

namespace Ttm.Server.Tests.Crash;

/// <summary>Compares what was said to a living server with what the MP3s hold, quarter by quarter.</summary>
internal sealed class SpeechAccount(SpeechLog speech, IReadOnlyList<Instant> kills)
{
    /// <summary>What a kill may cost before it, and what a starved test machine may add to it.</summary>
    private static readonly TimeSpan Lost = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(100);

    /// <summary>Two cuts in a quarter, at a switch or a kill, may each hide a piece of 40 ms and blur 10 ms.</summary>
    private static readonly TimeSpan Blur = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<int, TimeSpan> _heard = [];

    /// <summary>Adds a recording.</summary>
    /// <param name="near">The quarter in which it began, roughly.</param>
    public void Add(PcmSound sound, double near)
    {
        foreach (var piece in QuarterSecondDecoder.Unwrap(QuarterSecondDecoder.Decode(sound), (int)near))
            _heard[piece.Index] = HeardOf(piece.Index) + piece.Length;
    }

    /// <summary>Quarters of which more is missing than kills may cost. The first and the last two are cut by the lesson itself.</summary>
    public List<string> Missing()
    {
        List<string> missing = [];
        for (var quarter = 1; quarter < speech.Quarters - 2; quarter++)
        {
            var due = SpeechLog.Frame * speech.FramesOf(quarter).Count(at => at is { } sent && !kills.Any(kill => sent <= kill && sent > kill - Lost - Slack));
            if (HeardOf(quarter) < due - Blur)
                missing.Add(string.Create(CultureInfo.InvariantCulture, $"quarter {quarter}: {HeardOf(quarter).TotalMilliseconds:F0} of {due.TotalMilliseconds:F0} ms"));
        }

        return missing;
    }

    /// <summary>In words, with what each kill really cost.</summary>
    public string Summary()
    {
        var costs = kills.Select(kill => CostOf(kill).TotalMilliseconds).Order().ToList();
        var said = Enumerable.Range(0, speech.Quarters).Sum(quarter => speech.FramesOf(quarter).Count(at => at is not null)) * SpeechLog.Frame;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{kills.Count} kills in {speech.Frames * SpeechLog.Frame.TotalSeconds:F0} s; {said.TotalSeconds:F1} s said to a living server, {_heard.Values.Sum(heard => heard.TotalSeconds):F1} s heard in the MP3s; a kill cost {costs[costs.Count / 2]:F0} ms (median), {costs[^1]:F0} ms (most); missing besides: {Missing().Count} quarters");
    }

    private TimeSpan HeardOf(int quarter) => _heard.GetValueOrDefault(quarter);

    private TimeSpan CostOf(Instant kill)
    {
        var cost = TimeSpan.Zero;
        foreach (var quarter in Enumerable.Range(0, speech.Quarters))
        {
            var frames = speech.FramesOf(quarter).ToList();
            if (frames.Any(at => at is { } sent && sent <= kill && sent > kill - TimeSpan.FromSeconds(1)))
                cost += Max(TimeSpan.Zero, (SpeechLog.Frame * frames.Count(at => at is { } sent && sent <= kill)) - HeardOf(quarter));
        }

        return cost;
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
