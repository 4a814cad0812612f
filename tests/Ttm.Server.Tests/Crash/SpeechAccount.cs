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
            $"{kills.Count} kills in {speech.Frames * SpeechLog.Frame.TotalSeconds:F0} s; {said.TotalSeconds:F1} s said to a living server, {_heard.Values.Sum(heard => heard.TotalSeconds):F1} s heard in the MP3s; a kill cost the last {costs[costs.Count / 2]:F0} ms (median), {costs[^1]:F0} ms (most); missing besides: {Missing().Count} quarters");
    }

    private TimeSpan HeardOf(int quarter) => _heard.GetValueOrDefault(quarter);

    /// <summary>How long before the kill the first frame left that is lost; a starved test machine sends many frames in one moment.</summary>
    private TimeSpan CostOf(Instant kill)
    {
        var lost = TimeSpan.Zero;
        List<Instant> last = [];
        foreach (var quarter in Enumerable.Range(0, speech.Quarters))
        {
            var frames = speech.FramesOf(quarter).OfType<Instant>().Where(sent => sent <= kill).ToList();
            if (!frames.Exists(sent => sent > kill - TimeSpan.FromSeconds(1)))
                continue;
            last.AddRange(frames);
            lost += Max(TimeSpan.Zero, (SpeechLog.Frame * frames.Count) - HeardOf(quarter));
        }

        var count = Math.Min((int)(lost / SpeechLog.Frame), last.Count);
        return count == 0 ? TimeSpan.Zero : kill - last[^count];
    }

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
