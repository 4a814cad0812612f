using System.Globalization;

namespace Ttm.Server.Operations.Admission;

/// <summary>Judges a <see cref="NodeLoad"/>: which limits are reached, in words. One thread at a time.</summary>
internal sealed class LoadLimits
{
    private static readonly TimeSpan Sustained = TimeSpan.FromSeconds(3);

    // A class that joins takes all cores for seconds, and harms nobody: media comes first, MP3s last.
    private static readonly TimeSpan CpuSustained = TimeSpan.FromSeconds(15);

    private readonly Threshold _cpu;
    private readonly Threshold _loopLag;
    private readonly Threshold _transcoderLag;
    private readonly Threshold _uploads;
    private readonly Threshold _disk;
    private readonly double _maxCpu;

    /// <param name="minFreeBytes"><c>Recording:MinFreeBytes</c>: below it the recorder itself says so; here is the way back.</param>
    public LoadLimits(AdmissionOptions options, long minFreeBytes)
    {
        _maxCpu = options.MaxCpu;
        _cpu = new(options.MaxCpu, options.MaxCpu * 0.9, CpuSustained);
        _loopLag = new(options.MaxLoopLag.TotalMilliseconds, options.MaxLoopLag.TotalMilliseconds / 2, Sustained);
        _transcoderLag = new(options.MaxTranscoderLag.TotalSeconds, options.MaxTranscoderLag.TotalSeconds / 2, TimeSpan.Zero);
        _uploads = new(options.MaxUploadsWaiting, options.MaxUploadsWaiting * 0.9, TimeSpan.Zero);

        // As the room that is missing, for a threshold is reached from below.
        _disk = new(-minFreeBytes, -1.1 * minFreeBytes, TimeSpan.Zero);
    }

    /// <summary>A sentence for each limit that is reached; empty where new lessons are welcome.</summary>
    /// <param name="now">On any steady clock; once a second or so.</param>
    public IReadOnlyList<string> Update(in NodeLoad load, TimeSpan now)
    {
        List<string> reasons = [];

        // What an earlier process left is encoded with all the time that is left over, which says nothing of what lessons need.
        var isMeant = _maxCpu < 1 && (load.Backlog == 0 || _cpu.IsReached);
        if (_cpu.Update(isMeant ? load.Cpu / load.Cores : 0, now))
            reasons.Add(Text($"This server uses {load.Cpu:0.00} of its {load.Cores} cores: new lessons are taken again below {_cpu.Resume * load.Cores:0.00} (Admission:MaxCpu)."));
        if (_loopLag.Update(load.LoopLag.TotalMilliseconds, now))
            reasons.Add(Text($"Packets wait {load.LoopLag.TotalMilliseconds:0} ms for the media loop: new lessons are taken again below {_loopLag.Resume:0} ms (Admission:MaxLoopLag)."));
        if (_transcoderLag.Update(load.TranscoderLag.TotalSeconds, now))
            reasons.Add(Text($"The MP3s of running recordings are {load.TranscoderLag.TotalSeconds:0} s behind: new lessons are taken again below {_transcoderLag.Resume:0} s (Admission:MaxTranscoderLag)."));
        if (_uploads.Update(load.UploadsWaiting, now))
            reasons.Add(Text($"{load.UploadsWaiting} MP3s wait for the object store: new lessons are taken again below {_uploads.Resume:0} (Admission:MaxUploadsWaiting)."));
        if (load.FreeBytes is { } free && _disk.Update(-free, now))
            reasons.Add(Text($"The spool's disk has {free >> 20} MiB free: new lessons are taken again above {(long)-_disk.Resume >> 20} MiB (Recording:MinFreeBytes and a tenth)."));
        return reasons;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
