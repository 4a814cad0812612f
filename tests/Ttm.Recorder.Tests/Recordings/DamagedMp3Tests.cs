using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>An MP3 that a crash or the disk damaged while it waited in the spool.</summary>
public sealed class DamagedMp3Tests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Start_WithADamagedMp3_MakesItAgainFromTheJournal(bool isReadable)
    {
        await using var fixture = new RecorderFixture();
        fixture.Store.IsAway = true;
        RecorderService service = await fixture.StartAsync();
        fixture.Record(service, "s-1", 0, 50);
        await RecorderFixture.ReadAsync(service, 2);
        string id = service.List(RecorderFixture.Lesson)[0].Id;
        await service.DisposeAsync();
        string path = Path.Combine(fixture.Spool, id + ".mp3");
        byte[] whole = await File.ReadAllBytesAsync(path);
        if (isReadable)
        {
            byte[] damaged = [.. whole];
            damaged[^100] ^= 1;
            await File.WriteAllBytesAsync(path, damaged);
        }
        else
        {
            // Opens, and gives EIO.
            File.Delete(path);
            File.CreateSymbolicLink(path, "/proc/self/mem");
        }

        var files = new FileSystemStore(new FileSystemStorageOptions { Root = Path.Combine(fixture.Directory, "store") });
        RecorderService next = await fixture.StartAsync(store: files);
        List<RecordingEvent> events = await RecorderFixture.ReadAsync(next, 3);
        events.Select(e => e.Type).ShouldBe(["recording.finished", "recording.finished", "recording.stored"]);
        await next.WaitForIdleAsync();
        (await files.ReadAsync("lessons/2030-01-07/algebra-1/0001-s-1.mp3", default)).ShouldBe(whole);
        next.Find(id)!.Status.ShouldBe(RecordingStatus.Stored);
    }
}
