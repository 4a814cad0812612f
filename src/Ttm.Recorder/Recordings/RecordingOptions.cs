namespace Ttm.Recorder.Recordings;

/// <summary>The configuration section <c>Recording</c>.</summary>
public sealed record RecordingOptions
{
    // Below this frame size LAME leaves the Info tag out, and players guess the duration.
    private const int LeastFrameBytes = 192;

    private static readonly int[] LowRateBitrates = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];
    private static readonly int[] HighRateBitrates = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];

    /// <summary>False: nothing is recorded and nothing touches the disk.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>Where recordings live until they are stored. One process at a time may use it.</summary>
    public string Spool { get; init; } = "data/spool";

    /// <summary>Of the MP3, bit/s, constant.</summary>
    public int Bitrate { get; init; } = 64_000;

    /// <summary>Of the MP3, Hz: 16000, 24000 or 48000.</summary>
    public int SampleRate { get; init; } = 24_000;

    /// <summary>How many recordings are encoded at once; 0 for as many as there are cores.</summary>
    public int Workers { get; init; }

    /// <summary>How many uploads run at once.</summary>
    public int ParallelUploads { get; init; } = 4;

    /// <summary>At a lesson's end its recordings are joined to one MP3, too.</summary>
    public bool WholeLesson { get; init; } = true;

    /// <summary>With less free space on the spool's disk than this, no new lesson should begin.</summary>
    public long MinFreeBytes { get; init; } = 1L << 30;

    /// <summary>What is wrong, each a sentence that begins with the key to mend; empty when all is well.</summary>
    public IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Spool))
            yield return "Recording:Spool must name the directory that recordings wait in.";
        if (Workers is < 0 or > 1024)
            yield return $"Recording:Workers must be 0 (one for each core) to 1024, not {Workers}.";
        if (ParallelUploads is < 1 or > 256)
            yield return $"Recording:ParallelUploads must be 1 to 256, not {ParallelUploads}.";
        if (MinFreeBytes < 0)
            yield return $"Recording:MinFreeBytes must not be negative, as {MinFreeBytes} is.";
        if (SampleRate is not (16_000 or 24_000 or 48_000))
            yield return $"Recording:SampleRate must be 16000, 24000 or 48000, not {SampleRate}.";
        else if (BitrateProblem() is { } problem)
            yield return problem;
    }

    private string? BitrateProblem()
    {
        int[] known = SampleRate == 48_000 ? HighRateBitrates : LowRateBitrates;
        int[] usable = [.. known.Where(kilobits => FrameBytes(kilobits * 1000) >= LeastFrameBytes)];
        if (Array.Exists(usable, kilobits => kilobits * 1000 == Bitrate))
            return null;
        return $"Recording:Bitrate must be one of {string.Join(", ", usable.Select(kilobits => kilobits * 1000))} at {SampleRate} Hz, not {Bitrate}.";
    }

    // 1152 samples a frame at 48 kHz (MPEG-1), 576 at the lower rates (MPEG-2).
    private int FrameBytes(int bitrate) => (SampleRate == 48_000 ? 144 : 72) * bitrate / SampleRate;
}
