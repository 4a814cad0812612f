using System.Diagnostics.Metrics;
using Ttm.Recorder.Journal;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>More recordings than one worker follows, by far: forty seconds of each are said in one or two.</summary>
[CollectionDefinition(nameof(OverloadTests), DisableParallelization = true)]
[Collection(nameof(OverloadTests))]
public sealed class OverloadTests
{
    private const int Recordings = 24;
    private const int Seconds = 40;
    private const int Step = 10;

    private readonly HashSet<Meter> _others = [];

    [Fact]
    public async Task Record_MoreThanTheWorkerFollows_GrowsJournalsAndLosesNothing()
    {
        await using var fixture = new RecorderFixture(Seconds + 1);
        Measure("ttm.transcoder.lag", instrument => _others.Add(instrument.Meter));
        RecorderService service = await fixture.StartAsync(adjust: options => options with { Workers = 1 });
        List<RecordingHandle> handles = [.. Enumerable.Range(0, Recordings).Select(i => fixture.Begin(service, $"s-{i:00}"))];
        IRtpSink[] sinks = [.. handles.Select(handle => handle.Sink)];
        foreach (IRtpSink sink in sinks)
            sink.Open(fixture.Position(0));

        long said = 0;
        for (int second = 0; second < Seconds; second += Step)
        {
            said += fixture.Send(sinks, second * 50, (second + Step) * 50);
            await Until.TrueAsync(() => handles.TrueForAll(handle => LengthOf(fixture, handle) >= said));
        }

        // The journals have it all, the MP3s next to nothing.
        Measure("ttm.transcoder.lag").ShouldBeGreaterThan(Step);
        foreach (IRtpSink sink in sinks)
            sink.Close(fixture.Position(Seconds * 50));
        Measure("ttm.recordings.encoding").ShouldBeGreaterThan(Recordings - 3);
        service.List(RecorderFixture.Lesson).ShouldAllBe(recording => recording.Status != RecordingStatus.Stored);

        await service.WaitForIdleAsync();
        sinks.Cast<RecordingSink>().ShouldAllBe(sink => sink.Dropped == 0);
        IReadOnlyList<Recording> stored = service.List(RecorderFixture.Lesson);
        stored.Count.ShouldBe(Recordings);
        foreach (Recording recording in stored)
        {
            recording.Status.ShouldBe(RecordingStatus.Stored);
            recording.Duration!.Value.ShouldBe(Seconds, 0.05);
            recording.Quality!.PacketsLost.ShouldBe(0);
            recording.Quality.PacketsExpected.ShouldBeInRange((Seconds * 50) - 2, Seconds * 50);
        }

        Measure("ttm.transcoder.lag").ShouldBe(0);
        string mp3 = Path.Combine(fixture.Directory, "x.mp3");
        foreach (Recording recording in stored.Where(recording => recording.Sequence % 8 == 1))
        {
            File.WriteAllBytes(mp3, fixture.Store.Objects[recording.Location!["mem://".Length..]]);
            Tones.Read(Ffmpeg.Decode(mp3, 24_000), 24_000).Take((4 * Seconds) - 1).ShouldBe(Enumerable.Range(0, (4 * Seconds) - 1));
        }
    }

    private static long LengthOf(RecorderFixture fixture, RecordingHandle handle)
    {
        var file = new FileInfo(Path.Combine(fixture.Spool, handle.Id + ".rtpdump"));
        return file.Exists ? file.Length : 0;
    }

    private double Measure(string name, Action<Instrument>? see = null)
    {
        double most = 0;
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name != RecorderService.MeterName || instrument.Name != name)
                    return;
                see?.Invoke(instrument);
                if (!_others.Contains(instrument.Meter))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<double>((_, value, _, _) => most = Math.Max(most, value));
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => most = Math.Max(most, value));
        listener.Start();
        listener.RecordObservableInstruments();
        return most;
    }
}
