using Ttm.Rtc;

namespace Ttm.Server.Tests.Crash;

/// <summary>One kill -9 and what it took of the speech, to the frame.</summary>
/// <param name="At">When the process was killed.</param>
/// <param name="FirstLost">The frame after the newest that the spool still held.</param>
/// <param name="FirstAfter">The first frame that was not yet said.</param>
internal sealed record Kill(Instant At, int FirstLost, int FirstAfter)
{
    public bool Took(int frame) => frame >= FirstLost && frame < FirstAfter;

    /// <summary>How long before the kill the first lost frame left; zero where none was lost.</summary>
    public TimeSpan CostOf(SpeechLog speech) =>
        Enumerable.Range(FirstLost, FirstAfter - FirstLost).Select(speech.SentAt).FirstOrDefault(sent => sent is not null) is { } first ? At - first : TimeSpan.Zero;
}
