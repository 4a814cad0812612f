using Microsoft.Extensions.Logging.Abstractions;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Recorder.Tests.Simulation;
using Ttm.Rtc.Rtp;
using Ttm.Testing;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>The whole recorder, on a real spool and a store in memory. Time passes only where a test says so.</summary>
public sealed class RecorderServiceTests : IAsyncDisposable
{
    private const string Lesson = "algebra-1";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly List<SentPacket> Speech = MakeSpeech();

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("ttm-recorder-");
    private readonly MemoryStore _store = new();
    private readonly FakeClock _clock = new();
    private readonly SeededRandomness _randomness = new(5);
    private readonly List<RecorderService> _services = [];

    private string Spool => Path.Combine(_directory.FullName, "spool");

    public async ValueTask DisposeAsync()
    {
        foreach (RecorderService service in _services)
            await service.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Record_ASwitch_StoresTwoRecordingsThatTile()
    {
        RecorderService service = await StartAsync(Spool);
        RecordingHandle first = service.Begin(new RecordingRequest(Lesson, "t-1", "s-1", _clock.WallTime))!;
        StreamPosition start = Position(0);
        first.Sink.Open(start);
        first.Announce();
        service.Find(first.Id)!.Status.ShouldBe(RecordingStatus.Recording);
        (await service.OpenAudioAsync(first.Id, default)).ShouldBeNull();
        StreamPosition middle = Send(first.Sink, 0, 50);
        first.Sink.Close(middle);
        RecordingHandle second = service.Begin(new RecordingRequest(Lesson, "t-1", "s-2", _clock.WallTime))!;
        second.Sink.Open(middle);
        second.Announce();
        second.Sink.Close(Send(second.Sink, 50, 125));

        var events = await ReadAsync(service, 6);
        events.Where(e => e.Recording.Id == first.Id).Select(e => e.Type).ShouldBe(["recording.started", "recording.finished", "recording.stored"]);
        events.Where(e => e.Recording.Id == second.Id).Select(e => e.Type).ShouldBe(["recording.started", "recording.finished", "recording.stored"]);

        IReadOnlyList<Recording> list = service.List(Lesson);
        list.Select(recording => recording.Student).ShouldBe(["s-1", "s-2"]);
        list.Select(recording => recording.Sequence).ShouldBe([1, 2]);
        list.ShouldAllBe(recording => recording.Status == RecordingStatus.Stored);
        list[0].Duration!.Value.ShouldBe(1, 0.02);
        list[1].Duration!.Value.ShouldBe(1.5, 0.02);
        list[0].Location.ShouldBe("mem://lessons/2030-01-07/algebra-1/0001-s-1.mp3");
        byte[] mp3 = _store.Objects["lessons/2030-01-07/algebra-1/0001-s-1.mp3"];
        list[0].Bytes.ShouldBe(mp3.Length);
        list[0].Sha256.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(mp3)));
        (await service.OpenAudioAsync(first.Id, default))!.Content!.Length.ShouldBe(mp3.Length);

        await service.StopAsync(new CancellationTokenSource(Patience).Token);
        string manifest = System.Text.Encoding.UTF8.GetString(_store.Objects["lessons/2030-01-07/algebra-1/manifest.json"]);
        manifest.ShouldContain("\"offset\":24000");
        Directory.EnumerateFiles(Spool, "rec_*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Stop_WithAnOpenRecording_LeavesItToTheNextStart()
    {
        RecorderService service = await StartAsync(Spool);
        RecordingHandle handle = service.Begin(new RecordingRequest(Lesson, null, "s-1", _clock.WallTime))!;
        handle.Sink.Open(Position(0));
        handle.Announce();
        Send(handle.Sink, 0, 100);
        await service.StopAsync(new CancellationTokenSource(Patience).Token);
        await service.DisposeAsync();

        RecorderService next = await StartAsync(Spool);
        (await ReadAsync(next, 2)).Select(e => e.Type).ShouldBe(["recording.finished", "recording.stored"]);
        next.Find(handle.Id)!.Duration!.Value.ShouldBe(2, 0.05);
        next.Begin(new RecordingRequest(Lesson, null, "s-1", _clock.WallTime))!.Id.ShouldNotBe(handle.Id);
        next.List(Lesson).Select(recording => recording.Sequence).ShouldBe([1, 2]);
    }

    [Fact]
    public async Task Start_OnASpoolCopiedInMidWrite_FinishesWhatIsThere()
    {
        RecorderService service = await StartAsync(Spool);
        RecordingHandle handle = service.Begin(new RecordingRequest(Lesson, "t-1", "s-1", _clock.WallTime))!;
        handle.Sink.Open(Position(0));
        handle.Announce();
        Send(handle.Sink, 0, 200);
        string journal = Path.Combine(Spool, handle.Id + ".rtpdump");
        await UntilAsync(() => File.Exists(journal) && new FileInfo(journal).Length > 10_000 && File.Exists(Path.Combine(Spool, handle.Id + ".mp3.part")));

        // What a kill at this moment leaves, with the last record torn.
        string copy = Path.Combine(_directory.FullName, "copy");
        Directory.CreateDirectory(copy);
        foreach (string file in Directory.EnumerateFiles(Spool, "rec_*"))
            File.Copy(file, Path.Combine(copy, Path.GetFileName(file)));
        using (FileStream torn = File.OpenWrite(Path.Combine(copy, handle.Id + ".rtpdump")))
            torn.SetLength(torn.Length - 11);

        RecorderService next = await StartAsync(copy);
        (await ReadAsync(next, 2)).Select(e => e.Type).ShouldBe(["recording.finished", "recording.stored"]);
        Recording recording = next.Find(handle.Id)!;
        recording.Teacher.ShouldBe("t-1");
        recording.Duration!.Value.ShouldBeGreaterThan(1);
        string mp3 = Path.Combine(_directory.FullName, "x.mp3");
        File.WriteAllBytes(mp3, _store.Objects.Single(pair => pair.Key.EndsWith(".mp3", StringComparison.Ordinal)).Value);
        (Ffmpeg.Decode(mp3, 24_000).Length / 24_000.0).ShouldBe(recording.Duration.Value, 0.001);
    }

    [Fact]
    public async Task Store_ThatIsAway_GetsEverythingWhenItComesBack()
    {
        _store.IsAway = true;
        RecorderService service = await StartAsync(Spool);
        service.Health.StoreProblem.ShouldBe("The store is away.");
        service.Health.DiskProblem.ShouldBeNull();
        for (int i = 0; i < 6; i++)
            Record(service, $"s-{i}");
        await ReadAsync(service, 12);
        service.List(Lesson).ShouldAllBe(recording => recording.Status == RecordingStatus.Uploading);
        (await service.OpenAudioAsync(service.List(Lesson)[0].Id, default))!.Content!.Dispose();
        await UntilAsync(() => _store.Attempts.Distinct().Count() == 6);

        _store.IsAway = false;
        (await ReadAsync(service, 6)).ShouldAllBe(e => e.Type == "recording.stored");
        _store.Objects.Keys.Count(key => key.EndsWith(".mp3", StringComparison.Ordinal)).ShouldBe(6);
    }

    /// <summary>A kill between the last event and its reader's disk must not lose it.</summary>
    [Fact]
    public async Task Store_UntilItIsSettled_StaysInTheSpoolAndIsToldAgain()
    {
        RecordingOptions options = new() { Spool = Spool, MinFreeBytes = 0 };
        RecorderService service = Create(Spool, options, settles: true);
        await service.StartAsync(default);
        Record(service, "s-1");
        (await ReadAsync(service, 3))[2].Type.ShouldBe("recording.stored");
        await service.WaitForIdleAsync();
        Directory.EnumerateFiles(Spool, "rec_*").ShouldNotBeEmpty();
        await service.DisposeAsync();

        RecorderService next = Create(Spool, options, settles: true);
        await next.StartAsync(default);
        RecordingEvent again = (await ReadAsync(next, 1))[0];
        again.Type.ShouldBe("recording.stored");
        Directory.EnumerateFiles(Spool, "rec_*").ShouldNotBeEmpty();
        next.Settle(again.Recording.Id);
        Directory.EnumerateFiles(Spool, "rec_*").ShouldBeEmpty();
    }

    [Fact]
    public async Task Start_OfANewSpool_LearnsTheListFromTheStore()
    {
        RecorderService service = await StartAsync(Spool);
        Record(service, "s-1");
        await ReadAsync(service, 3);
        await service.StopAsync(new CancellationTokenSource(Patience).Token);

        RecorderService elsewhere = await StartAsync(Path.Combine(_directory.FullName, "elsewhere"));
        elsewhere.List(Lesson).ShouldBe(service.List(Lesson));
        Record(elsewhere, "s-1");
        await ReadAsync(elsewhere, 3);
        elsewhere.List(Lesson).Select(recording => recording.Sequence).ShouldBe([1, 2]);
        _store.Objects.Keys.Count(key => key.EndsWith(".mp3", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Start_OfANewSpoolWhileTheStoreIsAway_ReplacesNoRecording()
    {
        _store.Objects["lessons/2030-01-07/algebra-1/0001-s-1.mp3"] = [1, 2, 3];
        _store.IsAway = true;
        RecorderService service = await StartAsync(Spool);
        _store.IsAway = false;
        Record(service, "s-1");
        await ReadAsync(service, 3);
        _store.Objects["lessons/2030-01-07/algebra-1/0001-s-1.mp3"].Length.ShouldBe(3);
        _store.Objects.Keys.Count(key => key.EndsWith(".mp3", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public async Task Start_OnASpoolInUse_IsRefusedInWords()
    {
        await StartAsync(Spool);
        (await Should.ThrowAsync<IOException>(() => StartAsync(Spool))).Message.ShouldStartWith("Recording:Spool (");
    }

    [Fact]
    public async Task Start_OnASpoolWithRubbish_IgnoresIt()
    {
        Directory.CreateDirectory(Spool);
        File.WriteAllText(Path.Combine(Spool, "rec_a.rtpdump"), "rubbish");
        File.WriteAllText(Path.Combine(Spool, "rec_b.mp3.part"), "rubbish");
        File.WriteAllText(Path.Combine(Spool, "rec_c.json"), "rubbish");
        File.WriteAllBytes(Path.Combine(Spool, "rec_d.rtpdump"), new byte[5000]);
        await StartAsync(Spool);
        Directory.EnumerateFiles(Spool, "rec_*").ShouldBeEmpty();
        Directory.EnumerateFiles(Spool, "damaged-*").Count().ShouldBe(1);
    }

    [Fact]
    public async Task Begin_WhereRecordingIsOff_TouchesNoDisk()
    {
        RecorderService service = Create(Spool, new RecordingOptions { Spool = Spool, Enabled = false });
        await service.StartAsync(default);
        service.Begin(new RecordingRequest(Lesson, "t-1", "s-1", _clock.WallTime)).ShouldBeNull();
        Directory.Exists(Spool).ShouldBeFalse();
    }

    [Fact]
    public async Task Health_WithTooLittleRoom_TellsTheKey()
    {
        RecorderService service = Create(Spool, new RecordingOptions { Spool = Spool, MinFreeBytes = long.MaxValue });
        await service.StartAsync(default);
        service.Health.DiskProblem!.ShouldContain("Recording:MinFreeBytes");
        service.Begin(new RecordingRequest(Lesson, "t-1", "s-1", _clock.WallTime)).ShouldNotBeNull();
    }

    [Fact]
    public async Task Spool_Files_AreTheOwnersAlone()
    {
        if (OperatingSystem.IsWindows())
            return;
        _store.IsAway = true;
        RecorderService service = await StartAsync(Spool);
        Record(service, "s-1");
        await ReadAsync(service, 2);
        string[] files = Directory.GetFiles(Spool, "rec_*");
        files.Length.ShouldBe(3);
        foreach (string file in files)
            File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private static List<SentPacket> MakeSpeech()
    {
        using var encoder = new OpusEncoder();
        return [.. new SimulatedTeacher(encoder).Speak(0, 5, Tones.At)];
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (int i = 0; i < 3000 && !condition(); i++)
            await Task.Delay(10);
        condition().ShouldBeTrue();
    }

    private static async Task<List<RecordingEvent>> ReadAsync(RecorderService service, int count)
    {
        using var patience = new CancellationTokenSource(Patience);
        List<RecordingEvent> events = [];
        while (events.Count < count)
            events.Add(await service.Events.ReadAsync(patience.Token));
        return events;
    }

    private void Record(RecorderService service, string student)
    {
        RecordingHandle handle = service.Begin(new RecordingRequest(Lesson, "t-1", student, _clock.WallTime))!;
        handle.Sink.Open(Position(0));
        handle.Announce();
        handle.Sink.Close(Send(handle.Sink, 0, 20));
    }

    private StreamPosition Position(int packet) => new(_clock.Now, Speech[packet].Ssrc, Speech[packet].Timestamp, true);

    private StreamPosition Send(IRtpSink sink, int from, int to)
    {
        for (int i = from; i < to; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(20));
            RtpPacket.TryParse(Speech[i].ToDatagram(), out RtpPacket packet).ShouldBeTrue();
            sink.Write(packet, _clock.Now);
        }

        return Position(to);
    }

    private async Task<RecorderService> StartAsync(string spool)
    {
        RecorderService service = Create(spool, new RecordingOptions { Spool = spool, MinFreeBytes = 0, Workers = 2 });
        await service.StartAsync(default);
        return service;
    }

    private RecorderService Create(string spool, RecordingOptions options, bool settles = false)
    {
        options.Problems().ShouldBeEmpty();
        ObjectKeyTemplate.TryParse(ObjectKeyTemplate.Default, out ObjectKeyTemplate? keys, out _).ShouldBeTrue();
        var origin = new FakeClock();
        var clock = new RecorderClock(TimeProvider.System, () => _clock.Now, instant => origin.WallTime + (instant - origin.Now));
        var service = new RecorderService(options, keys!, _store, _randomness, clock, NullLoggerFactory.Instance, settles);
        _services.Add(service);
        return service;
    }
}
