using System.Text.Json;
using System.Text.Json.Nodes;
using Ttm.Recorder.Recordings;
using Ttm.Server.Api;
using Ttm.Server.Configuration;
using Ttm.Server.Events;
using Ttm.Server.Operations;

namespace Ttm.Server.Recordings;

/// <summary>Starts and stops the recorder, passes its events on, and says how it is.</summary>
internal sealed class RecorderHost(RecorderService recorder, EventHub events) : IHostedService, IReadinessCheck
{
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    private Task _pump = Task.CompletedTask;
    private Task _settling = Task.CompletedTask;

    public string? Problem() => recorder.Health.DiskProblem;

    public string? Warning() => recorder.Health.StoreProblem;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await recorder.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new StartException(exception.Message);
        }

        _pump = PumpAsync();
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await recorder.StopAsync(cancellationToken);
        if (!recorder.Events.Completion.IsCompleted)
            return;
        await _pump;
        await Task.WhenAny(_settling, Task.Delay(LastWord, cancellationToken));
    }

    private async Task PumpAsync()
    {
        await foreach (var happened in recorder.Events.ReadAllAsync())
        {
            events.Publish(new(happened.Type, happened.Recording.Lesson, happened.Timestamp, Data(happened)));
            if (happened.Type == RecordingEventTypes.Stored)
                _settling = SettleAsync(_settling, happened.Recording.Id);
        }
    }

    // The recording leaves the spool when its last event is where a crash cannot reach it.
    private async Task SettleAsync(Task before, string recording)
    {
        await before;
        await events.WhenKept();
        recorder.Settle(recording);
    }

    private static object Data(RecordingEvent happened)
    {
        if (happened.Reason is null)
            return happened.Recording;
        var data = (JsonObject)JsonSerializer.SerializeToNode(happened.Recording, ApiJson.Options)!;
        data["reason"] = happened.Reason;
        return data;
    }
}
