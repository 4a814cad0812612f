namespace Ttm.Load.Measurement;

/// <summary>What one round of measurement counted; owned by the media loop, and given away when the round is over.</summary>
internal sealed class Tally
{
    /// <summary>An interval between packets from which on a listener may hear a gap: two packets of 20 ms.</summary>
    public static readonly TimeSpan Audible = TimeSpan.FromMilliseconds(40);

    public long Sent { get; set; }

    /// <summary>Without duplicates.</summary>
    public long Received { get; set; }

    public long Duplicates { get; set; }

    /// <summary>Packets that reached a student of another lesson, or one who had not been selected for a second.</summary>
    public long Misdirected { get; set; }

    public long Lost => Math.Max(0, Sent - Received);

    /// <summary>From a teacher's send to a student's receive.</summary>
    public Histogram Delay { get; } = new();

    /// <summary>The same by a thread that does nothing but receive and send.</summary>
    public Histogram BareDelay { get; } = new();

    /// <summary>From the PUT to the first packet at the new student.</summary>
    public Histogram Switch { get; } = new();

    /// <summary>From the PUT to its answer.</summary>
    public Histogram SwitchAnswer { get; } = new();

    public long SwitchFailures { get; set; }

    /// <summary>Between two packets of one lesson, wherever they were heard.</summary>
    public Histogram Gaps { get; } = new();

    public long AudibleGaps { get; set; }

    /// <summary>How late packets left this tool: where this is large, its own figures are worth little.</summary>
    public Histogram Lateness { get; } = new();

    public void AddGap(TimeSpan gap)
    {
        Gaps.Add(gap);
        if (gap > Audible)
            AudibleGaps++;
    }
}
