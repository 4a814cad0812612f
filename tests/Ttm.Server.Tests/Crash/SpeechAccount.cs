using System.Globalization;
using Ttm.Testing.Sound;

namespace Ttm.Server.Tests.Crash;

/// <summary>Compares what was said to a living server with what the MP3s hold, quarter by quarter.</summary>
internal sealed class SpeechAccount(SpeechLog speech, IReadOnlyList<Kill> kills)
{
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

    /// <summary>Quarters of which more is missing than the kills took. The first and the last two are cut by the lesson itself.</summary>
    public List<string> Missing()
    {
        List<string> missing = [];
        for (var quarter = 1; quarter < speech.Quarters - 2; quarter++)
        {
            var due = SpeechLog.Frame * SpeechLog.FramesOf(quarter).Count(frame => speech.SentAt(frame) is not null && !kills.Any(kill => kill.Took(frame)));
            if (HeardOf(quarter) < due - Blur)
                missing.Add(string.Create(CultureInfo.InvariantCulture, $"quarter {quarter}: {HeardOf(quarter).TotalMilliseconds:F0} of {due.TotalMilliseconds:F0} ms"));
        }

        return missing;
    }

    public string Summary()
    {
        var costs = kills.Select(kill => kill.CostOf(speech).TotalMilliseconds).Order().ToList();
        var said = Enumerable.Range(0, speech.Frames).Count(frame => speech.SentAt(frame) is not null) * SpeechLog.Frame;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{kills.Count} kills in {speech.Frames * SpeechLog.Frame.TotalSeconds:F0} s; {said.TotalSeconds:F1} s said to a living server, {_heard.Values.Sum(heard => heard.TotalSeconds):F1} s heard in the MP3s; a kill cost the last {costs[costs.Count / 2]:F0} ms (median), {costs[^1]:F0} ms (most); missing besides: {Missing().Count} quarters");
    }

    private TimeSpan HeardOf(int quarter) => _heard.GetValueOrDefault(quarter);
}
