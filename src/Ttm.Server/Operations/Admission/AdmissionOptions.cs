namespace Ttm.Server.Operations.Admission;

/// <summary>The configuration section <c>Admission</c>: how busy the server may be and still take new lessons. Lessons that run are never touched by it.</summary>
internal sealed record AdmissionOptions
{
    /// <summary>False: only <c>Media:MaxLessons</c>, <c>Media:MaxSessions</c> and the disk limit what is taken.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The processor time this process may take, as a part of all its cores: above 0, and 1 for no limit.</summary>
    public double MaxCpu { get; init; } = 0.85;

    /// <summary>How long packets may wait for the media loop.</summary>
    public TimeSpan MaxLoopLag { get; init; } = TimeSpan.FromMilliseconds(30);

    /// <summary>How far the MP3s of running recordings may be behind.</summary>
    public TimeSpan MaxTranscoderLag { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>MP3s that may wait for the object store.</summary>
    public int MaxUploadsWaiting { get; init; } = 10_000;

    /// <summary>What is wrong, each a sentence that begins with the key to mend; empty when all is well.</summary>
    public IEnumerable<string> Problems()
    {
        if (MaxCpu is not (> 0 and <= 1))
            yield return $"Admission:MaxCpu must be above 0 and at most 1 (no limit), not {MaxCpu}.";
        if (MaxLoopLag <= TimeSpan.Zero || MaxLoopLag > TimeSpan.FromMinutes(1))
            yield return $"Admission:MaxLoopLag must be a time such as 00:00:00.030, at most 00:01:00, not {MaxLoopLag}.";
        if (MaxTranscoderLag <= TimeSpan.Zero || MaxTranscoderLag > TimeSpan.FromDays(1))
            yield return $"Admission:MaxTranscoderLag must be a time such as 00:10:00, at most 1.00:00:00, not {MaxTranscoderLag}.";
        if (MaxUploadsWaiting < 1)
            yield return $"Admission:MaxUploadsWaiting must be at least 1, not {MaxUploadsWaiting}.";
    }
}
