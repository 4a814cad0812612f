using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using Ttm.Recorder.Recordings;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>The whole recorder, on a real spool and a store in memory.</summary>
public sealed class RecorderServiceTests : IAsyncDisposable
{
    private readonly RecorderFixture _fixture = new();

    private string Spool => Path.Combine(_fixture.Directory, "spool");

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Record_ASwitch_StoresTwoRecordingsThatTile()
    {
        RecorderService service = await _fixture.StartAsync();
        RecordingHandle first = _fixture.Begin(service, "s-1");
        StreamPosition start = _fixture.Position(0);
        first.Sink.Open(start);
        service.Find(first.Id)!.Status.ShouldBe(RecordingStatus.Recording);
        (await service.OpenAudioAsync(first.Id, default)).ShouldBeNull();
        _fixture.Send(first.Sink, 0, 50);
        StreamPosition middle = _fixture.Position(50);
        first.Sink.Close(middle);
        RecordingHandle second = _fixture.Begin(service, "s-2");
        second.Sink.Open(middle);
        _fixture.Send(second.Sink, 50, 125);
        second.Sink.Close(_fixture.Position(125));

        var events = await RecorderFixture.ReadAsync(service, 6);
        events.Where(e => e.Recording.Id == first.Id).Select(e => e.Type).ShouldBe(["recording.started", "recording.finished", "recording.stored"]);
        events.Where(e => e.Recording.Id == second.Id).Select(e => e.Type).ShouldBe(["recording.started", "recording.finished", "recording.stored"]);

        IReadOnlyList<Recording> list = service.List(RecorderFixture.Lesson);
        list.Select(recording => recording.Student).ShouldBe(["s-1", "s-2"]);
        list.Select(recording => recording.Sequence).ShouldBe([1, 2]);
        list.ShouldAllBe(recording => recording.Status == RecordingStatus.Stored);
        list[0].Duration!.Value.ShouldBe(1, 0.02);
        list[1].Duration!.Value.ShouldBe(1.5, 0.02);
        list[0].Location.ShouldBe("mem://lessons/2030-01-07/algebra-1/0001-s-1.mp3");
        byte[] mp3 = _fixture.Store.Objects["lessons/2030-01-07/algebra-1/0001-s-1.mp3"];
        list[0].Bytes.ShouldBe(mp3.Length);
        list[0].Sha256.ShouldBe(Convert.ToHexStringLower(SHA256.HashData(mp3)));
        (await service.OpenAudioAsync(first.Id, default))!.Content!.Length.ShouldBe(mp3.Length);

        await RecorderFixture.StopAsync(service);
        string manifest = Encoding.UTF8.GetString(_fixture.Store.Objects["lessons/2030-01-07/algebra-1/manifest.json"]);
        manifest.ShouldContain("\"offset\":24000");
        Directory.EnumerateFiles(Spool, "rec_*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Store_ThatIsAway_GetsEverythingWhenItComesBack()
    {
        _fixture.Store.IsAway = true;
        RecorderService service = await _fixture.StartAsync();
        service.Health.StoreProblem.ShouldBe("The store is away.");
        service.Health.DiskProblem.ShouldBeNull();
        for (int i = 0; i < 6; i++)
            _fixture.Record(service, $"s-{i}", 0, 20);
        await RecorderFixture.ReadAsync(service, 12);
        service.List(RecorderFixture.Lesson).ShouldAllBe(recording => recording.Status == RecordingStatus.Uploading);
        (await service.OpenAudioAsync(service.List(RecorderFixture.Lesson)[0].Id, default))!.Content!.Dispose();
        await Until.TrueAsync(() => _fixture.Store.Attempts.Distinct().Count() == 6);

        _fixture.Store.IsAway = false;
        (await RecorderFixture.ReadAsync(service, 6)).ShouldAllBe(e => e.Type == "recording.stored");
        _fixture.Store.Objects.Keys.Count(key => key.EndsWith(".mp3", StringComparison.Ordinal)).ShouldBe(6);
    }

    [Fact]
    public async Task Begin_WhereRecordingIsOff_TouchesNoDisk()
    {
        RecorderService service = await _fixture.StartAsync(adjust: options => options with { Enabled = false });
        service.Begin(new RecordingRequest(RecorderFixture.Lesson, "t-1", "s-1", _fixture.Now)).ShouldBeNull();
        Directory.Exists(Spool).ShouldBeFalse();
    }

    [Fact]
    public async Task Health_WithTooLittleRoom_TellsTheKey()
    {
        RecorderService service = await _fixture.StartAsync(adjust: options => options with { MinFreeBytes = long.MaxValue });
        service.Health.DiskProblem!.ShouldContain("Recording:MinFreeBytes");
        service.Begin(new RecordingRequest(RecorderFixture.Lesson, "t-1", "s-1", _fixture.Now)).ShouldNotBeNull();
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Spool_Files_AreTheOwnersAlone()
    {
        _fixture.Store.IsAway = true;
        RecorderService service = await _fixture.StartAsync();
        _fixture.Record(service, "s-1", 0, 20);
        await RecorderFixture.ReadAsync(service, 2);
        string[] files = Directory.GetFiles(Spool, "rec_*");
        files.Length.ShouldBe(3);
        foreach (string file in files)
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
