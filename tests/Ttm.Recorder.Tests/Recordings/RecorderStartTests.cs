using Ttm.Recorder.Recordings;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>What a start finds: the spool of the run before, another's, rubbish, or none and a store that knows more.</summary>
public sealed class RecorderStartTests : IAsyncDisposable
{
    private readonly RecorderFixture _fixture = new();

    private string Spool => Path.Combine(_fixture.Directory, "spool");

    public async ValueTask DisposeAsync() => await _fixture.DisposeAsync();

    [Fact]
    public async Task Stop_WithAnOpenRecording_LeavesItToTheNextStart()
    {
        RecorderService service = await _fixture.StartAsync();
        RecordingHandle handle = _fixture.Begin(service, "s-1");
        handle.Sink.Open(_fixture.Position(0));
        _fixture.Send(handle.Sink, 0, 100);
        await RecorderFixture.StopAsync(service);

        RecorderService next = await _fixture.StartAsync();
        (await RecorderFixture.ReadAsync(next, 2)).Select(e => e.Type).ShouldBe(["recording.finished", "recording.stored"]);
        next.Find(handle.Id)!.Duration!.Value.ShouldBe(2, 0.05);
        next.Begin(new RecordingRequest(RecorderFixture.Lesson, null, "s-1", _fixture.Now))!.Id.ShouldNotBe(handle.Id);
        next.List(RecorderFixture.Lesson).Select(recording => recording.Sequence).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Start_OnASpoolCopiedInMidWrite_FinishesWhatIsThere()
    {
        RecorderService service = await _fixture.StartAsync();
        RecordingHandle handle = _fixture.Begin(service, "s-1");
        handle.Sink.Open(_fixture.Position(0));
        _fixture.Send(handle.Sink, 0, 200);
        string journal = Path.Combine(Spool, handle.Id + ".rtpdump");
        await Until.TrueAsync(() => File.Exists(journal) && new FileInfo(journal).Length > 10_000 && File.Exists(Path.Combine(Spool, handle.Id + ".mp3.part")));

        // What a kill at this moment leaves, with the last record torn.
        string copy = Path.Combine(_fixture.Directory, "copy");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(Spool, "rec_*"))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        using (FileStream torn = File.OpenWrite(Path.Combine(copy, handle.Id + ".rtpdump")))
            torn.SetLength(torn.Length - 11);

        RecorderService next = await _fixture.StartAsync("copy");
        (await RecorderFixture.ReadAsync(next, 2)).Select(e => e.Type).ShouldBe(["recording.finished", "recording.stored"]);
        Recording recording = next.Find(handle.Id)!;
        recording.Teacher.ShouldBe("t-1");
        recording.Duration!.Value.ShouldBeGreaterThan(1);
        string mp3 = Path.Combine(_fixture.Directory, "x.mp3");
        File.WriteAllBytes(mp3, _fixture.Store.Objects.Single(pair => pair.Key.EndsWith(".mp3", StringComparison.Ordinal)).Value);
        (Ffmpeg.Decode(mp3, 24_000).Length / 24_000.0).ShouldBe(recording.Duration.Value, 0.001);
    }

    /// <summary>A kill between the last event and its reader's disk must not lose it.</summary>
    [Fact]
    public async Task Store_UntilItIsSettled_StaysInTheSpoolAndIsToldAgain()
    {
        RecorderService service = await _fixture.StartAsync(settles: true);
        _fixture.Record(service, "s-1", 0, 20);
        (await RecorderFixture.ReadAsync(service, 3))[2].Type.ShouldBe("recording.stored");
        await service.WaitForIdleAsync();
        Directory.EnumerateFiles(Spool, "rec_*").ShouldNotBeEmpty();
        await service.DisposeAsync();

        RecorderService next = await _fixture.StartAsync(settles: true);
        RecordingEvent again = (await RecorderFixture.ReadAsync(next, 1))[0];
        again.Type.ShouldBe("recording.stored");
        Directory.EnumerateFiles(Spool, "rec_*").ShouldNotBeEmpty();
        next.Settle(again.Recording.Id);
        Directory.EnumerateFiles(Spool, "rec_*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_OfANewSpool_LearnsTheListFromTheStore()
    {
        RecorderService service = await _fixture.StartAsync();
        _fixture.Record(service, "s-1", 0, 20);
        await RecorderFixture.ReadAsync(service, 3);
        await RecorderFixture.StopAsync(service);

        RecorderService elsewhere = await _fixture.StartAsync("elsewhere");
        elsewhere.List(RecorderFixture.Lesson).ShouldBe(service.List(RecorderFixture.Lesson));
        _fixture.Record(elsewhere, "s-1", 0, 20);
        await RecorderFixture.ReadAsync(elsewhere, 3);
        elsewhere.List(RecorderFixture.Lesson).Select(recording => recording.Sequence).ShouldBe([1, 2]);
        _fixture.Store.Objects.Keys.Count(key => key.EndsWith(".mp3", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Start_OfANewSpoolWhileTheStoreIsAway_ReplacesNoRecording()
    {
        _fixture.Store.Objects["lessons/2030-01-07/algebra-1/0001-s-1.mp3"] = [1, 2, 3];
        _fixture.Store.IsAway = true;
        RecorderService service = await _fixture.StartAsync();
        _fixture.Store.IsAway = false;
        _fixture.Record(service, "s-1", 0, 20);
        await RecorderFixture.ReadAsync(service, 3);
        _fixture.Store.Objects["lessons/2030-01-07/algebra-1/0001-s-1.mp3"].Length.ShouldBe(3);
        _fixture.Store.Objects.Keys.Count(key => key.EndsWith(".mp3", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Start_OnASpoolInUse_IsRefusedInWords()
    {
        await _fixture.StartAsync();
        (await Should.ThrowAsync<IOException>(() => _fixture.StartAsync())).Message.ShouldStartWith("Recording:Spool (");
    }

    /// <summary>Setting it aside could bring back what is deleted.</summary>
    [Fact]
    public async Task Start_WithABookThatTheDiskDoesNotGive_IsRefusedInWords()
    {
        RecorderService service = await _fixture.StartAsync();
        _fixture.Record(service, "s-1", 0, 20);
        await RecorderFixture.ReadAsync(service, 3);
        await RecorderFixture.StopAsync(service);
        string book = Path.Combine(Spool, "books", RecorderFixture.Lesson + ".json");
        File.Delete(book);
        File.CreateSymbolicLink(book, "/proc/self/mem");
        (await Should.ThrowAsync<IOException>(() => _fixture.StartAsync())).Message.ShouldStartWith($"The lesson's book {book} ");
        Directory.EnumerateFiles(Path.Combine(Spool, "books"), "*.damaged").ShouldBeEmpty();
        File.Exists(Path.Combine(Spool, "books", "complete")).ShouldBeTrue();
    }

    [Fact]
    public async Task Start_OnASpoolWithRubbish_IgnoresIt()
    {
        Directory.CreateDirectory(Spool);
        File.WriteAllText(Path.Combine(Spool, "rec_a.rtpdump"), "rubbish");
        File.WriteAllText(Path.Combine(Spool, "rec_b.mp3.part"), "rubbish");
        File.WriteAllText(Path.Combine(Spool, "rec_c.json"), "rubbish");
        File.WriteAllBytes(Path.Combine(Spool, "rec_d.rtpdump"), new byte[5000]);
        await _fixture.StartAsync();
        Directory.EnumerateFiles(Spool, "rec_*").ShouldBeEmpty();
        Directory.EnumerateFiles(Spool, "damaged-*").Count().ShouldBe(1);
    }

    [Fact]
    public async Task Start_OnASpoolWithFilesThatTheDiskDoesNotGive_TakesUpTheOthers()
    {
        _fixture.Store.IsAway = true;
        RecorderService before = await _fixture.StartAsync();
        _fixture.Record(before, "s-1", 0, 50);
        await RecorderFixture.ReadAsync(before, 2);
        await before.DisposeAsync();

        // A directory where a file should be can be neither read nor deleted as one.
        foreach (string id in (string[])["rec_0", "rec_z"])
        {
            File.WriteAllText(Path.Combine(Spool, $"{id}.json"), "{}");
            Directory.CreateDirectory(Path.Combine(Spool, $"{id}.mp3.part"));
        }

        Directory.CreateDirectory(Path.Combine(Spool, "of-a-whole.draft"));
        _fixture.Store.IsAway = false;
        RecorderService next = await _fixture.StartAsync();
        await RecorderFixture.ReadAsync(next, 2);
        next.List(RecorderFixture.Lesson).Single().Status.ShouldBe(RecordingStatus.Stored);
        File.Exists(Path.Combine(Spool, "rec_z.json")).ShouldBeTrue();
    }
}
