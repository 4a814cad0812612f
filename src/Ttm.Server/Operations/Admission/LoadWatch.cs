using Ttm.Recorder.Recordings;

namespace Ttm.Server.Operations.Admission;

/// <summary>Looks once a second how busy the server is, and keeps new lessons out before those that run suffer.</summary>
internal sealed partial class LoadWatch(
    AdmissionOptions options, RecordingOptions recording, CpuGauge cpu, LoopLag lag, RecorderService recorder, TimeProvider time, ILogger<LoadWatch> logger)
    : BackgroundService, IReadinessCheck
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly LoadLimits _limits = new(options, recording.Enabled ? recording.MinFreeBytes : 0);
    private volatile IReadOnlyList<string> _reasons = [];

    public string? Problem() => _reasons is { Count: > 0 } reasons ? string.Join(' ', reasons) : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Enabled)
            return;
        var start = time.GetTimestamp();
        using var timer = new PeriodicTimer(Interval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Look(time.GetElapsedTime(start));
    }

    private void Look(TimeSpan now)
    {
        var before = _reasons;
        var reasons = _limits.Update(Measure(), now);
        _reasons = reasons;
        if (reasons.Count > 0 && before.Count == 0)
            LogRefusing(logger, string.Join(' ', reasons));
        else if (reasons.Count == 0 && before.Count > 0)
            LogAdmitting(logger);
    }

    private NodeLoad Measure() => new(
        cpu.Used,
        CpuGauge.Cores,
        lag.OfLastSecond,
        recorder.TranscoderLag,
        recorder.Backlog,
        recorder.Uploads.Waiting,
        recording.Enabled ? recorder.Health.FreeBytes : null);

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "No new lessons are taken: {Reasons}")]
    private static partial void LogRefusing(ILogger logger, string reasons);

    [LoggerMessage(EventId = 2, Level = LogLevel.Information, Message = "New lessons are taken again")]
    private static partial void LogAdmitting(ILogger logger);
}
