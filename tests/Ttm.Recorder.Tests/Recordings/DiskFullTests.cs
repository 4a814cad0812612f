using Ttm.Recorder.Recordings;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Testing;
using Ttm.Testing.Facts;
using Ttm.Testing.Storage;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>A disk that is really full.</summary>
public sealed class DiskFullTests
{
    [TmpfsFact]
    public async Task Record_OnAFullDisk_TellsTheLossAndGoesOnWhenThereIsRoom()
    {
        await using var fixture = new RecorderFixture(75);
        using var disk = Tmpfs.Mount(Path.Combine(fixture.Directory, "disk"), 3);
        RecorderService service = await fixture.StartAsync("disk/spool");
        RecordingHandle handle = fixture.Begin(service, "s-1");
        handle.Sink.Open(fixture.Position(0));
        fixture.Send(handle.Sink, 0, 500);
        await Until.TrueAsync(() => new FileInfo(Path.Combine(fixture.Spool, handle.Id + ".rtpdump")) is { Exists: true, Length: > 20_000 });

        disk.Fill("filler");
        fixture.Send(handle.Sink, 500, 3000);
        List<RecordingEvent> events = await RecorderFixture.ReadAsync(service, 2);
        events[1].Type.ShouldBe("recording.failed");
        events[1].Reason!.ShouldContain("disk");

        disk.Delete("filler");
        await Until.TrueAsync(() => new FileInfo(Path.Combine(fixture.Spool, handle.Id + ".rtpdump")).Length > 100_000);
        fixture.Send(handle.Sink, 3000, 3500);
        handle.Sink.Close(fixture.Position(3500));
        (await RecorderFixture.ReadAsync(service, 2)).Select(e => e.Type).ShouldBe(["recording.finished", "recording.stored"]);
        service.Find(handle.Id)!.Duration!.Value.ShouldBe(70, 0.05);
        string mp3 = Path.Combine(fixture.Directory, "x.mp3");
        File.WriteAllBytes(mp3, fixture.Store.Objects.First(pair => pair.Key.EndsWith("s-1.mp3", StringComparison.Ordinal)).Value);
        int[] symbols = Tones.Read(Ffmpeg.Decode(mp3, 24_000), 24_000);
        symbols[1..39].ShouldBe(Enumerable.Range(1, 38));
        symbols[162..238].ShouldAllBe(symbol => symbol == -1);
        symbols[242..254].ShouldBe(Enumerable.Range(242, 12));
    }
}
