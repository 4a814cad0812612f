using System.Security.Cryptography;
using System.Text;
using Amazon.S3.Model;
using Ttm.Recorder.Recordings;
using Ttm.Recorder.Storage;
using Ttm.Recorder.Tests.Storage;
using Ttm.Rtc.Rtp;
using Ttm.Testing;
using Ttm.Testing.Facts;
using Ttm.Testing.Storage;

namespace Ttm.Recorder.Tests.Recordings;

/// <summary>The whole recorder before a real S3 server that goes away, and a network that cuts, delays, truncates and lies.</summary>
[Collection(S3Collection.Name)]
public sealed class RecorderS3Tests(S3Fixture s3) : IAsyncDisposable
{
    private const int MiB = 1 << 20;

    private readonly RecorderFixture _fixture = new(6);

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [S3Fact]
    public async Task Record_ServerStoppedInTheMidstOfALesson_StoresAllWhenItIsBack()
    {
        S3StorageOptions options = await s3.NewBucketAsync();
        using S3Store store = S3Fixture.Open(options);
        RecorderService service = await _fixture.StartAsync(store: store);
        _fixture.Record(service, "s-1", 0, 100);
        (await RecorderFixture.ReadAsync(service, 3))[2].Type.ShouldBe("recording.stored");

        await s3.Server.StopAsync();
        try
        {
            _fixture.Record(service, "s-2", 100, 150);
            _fixture.Record(service, "s-3", 150, 250);
            (await RecorderFixture.ReadAsync(service, 4)).ShouldAllBe(one => one.Type == "recording.started" || one.Type == "recording.finished");
            await Until.TrueAsync(() => service.Health.StoreProblem is not null);
            service.Health.StoreProblem!.ShouldContain("cannot be reached");
            service.List(RecorderFixture.Lesson).Select(one => one.Status).ShouldBe([RecordingStatus.Stored, RecordingStatus.Uploading, RecordingStatus.Uploading]);
        }
        finally
        {
            await s3.Server.StartAsync();
        }

        (await RecorderFixture.ReadAsync(service, 2)).ShouldAllBe(one => one.Type == "recording.stored");
        await service.WaitForIdleAsync();
        foreach (Recording recording in service.List(RecorderFixture.Lesson))
            await ShouldHoldAsync(store, options, recording);
        await Until.TrueAsync(() => service.Health.StoreProblem is null);
        Directory.EnumerateFiles(_fixture.Spool, "rec_*").ShouldBeEmpty();
    }

    [S3Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Upload_CutOrTruncatedInTheMiddle_GoesOnInTheNextProcessAndLeavesNothingBehind(bool truncates)
    {
        S3StorageOptions options = await s3.NewBucketAsync();
        await using var proxy = new TcpProxy(s3.Server.Port) { Truncates = truncates };
        using S3Store store = S3Fixture.Open(options with { ServiceUrl = proxy.Url });
        RecorderService service = await _fixture.StartAsync(store: store, adjust: Long);
        proxy.CutAfter(7 * MiB);
        Recording recording = RecordMinutes(service, 10);
        (await RecorderFixture.ReadAsync(service, 2))[1].Type.ShouldBe("recording.finished");

        // One part is there, the second was cut; nothing of it is seen, and the MP3 is where it was.
        await Until.TrueAsync(() => service.Health.StoreProblem is not null);
        await UntilUploadsAsync(options, 1);
        service.Find(recording.Id)!.Status.ShouldBe(RecordingStatus.Uploading);
        new FileInfo(Path.Combine(_fixture.Spool, recording.Id + ".mp3")).Length.ShouldBeGreaterThan(11 * MiB);
        (await s3.Direct.ListObjectsV2Async(new ListObjectsV2Request { BucketName = options.Bucket })).S3Objects.ShouldBeNull();
        await service.DisposeAsync();

        proxy.Mend();
        proxy.Delay = TimeSpan.FromMilliseconds(1);
        long before = proxy.BytesToServer;
        RecorderService next = await _fixture.StartAsync(store: store, adjust: Long);
        (await RecorderFixture.ReadAsync(next, 2))[1].Type.ShouldBe("recording.stored");
        (proxy.BytesToServer - before).ShouldBeLessThan(8 * MiB);
        await next.WaitForIdleAsync();
        await ShouldHoldAsync(store, options, next.Find(recording.Id)!);
        (await s3.UploadsAsync(options)).ShouldBeEmpty();
        Directory.EnumerateFiles(_fixture.Spool, "rec_*").ShouldBeEmpty();
    }

    [S3Theory]
    [InlineData(1)]
    [InlineData(10)]
    public async Task Upload_StoredOtherThanSent_KeepsTheLocalCopyAndSendsItAgain(int minutes)
    {
        S3StorageOptions options = await s3.NewBucketAsync();
        await using var proxy = new TcpProxy(s3.Server.Port);
        using S3Store store = S3Fixture.Open(options with { ServiceUrl = proxy.Url });
        RecorderService service = await _fixture.StartAsync(store: store, adjust: Long);
        int looks = 0;
        bool localCopy = true;
        proxy.BeforeForward = async piece =>
        {
            string request = Encoding.ASCII.GetString(piece.Span[..Math.Min(piece.Length, 200)]);
            if (!request.StartsWith("HEAD ", StringComparison.Ordinal) || !request.Contains("0001-s-1.mp3", StringComparison.Ordinal))
                return;

            // The first look is for a free key, the second for what was stored.
            if (Interlocked.Increment(ref looks) != 2)
                return;
            localCopy &= Directory.EnumerateFiles(_fixture.Spool, "rec_*.mp3").Any();
            await s3.Direct.PutObjectAsync(new PutObjectRequest { BucketName = options.Bucket, Key = "lessons/2030-01-07/algebra-1/0001-s-1.mp3", ContentBody = "Half of it." });
        };

        Recording recording = RecordMinutes(service, minutes);

        (await RecorderFixture.ReadAsync(service, 3))[2].Type.ShouldBe("recording.stored");
        looks.ShouldBe(3);
        localCopy.ShouldBeTrue();
        await service.WaitForIdleAsync();
        await ShouldHoldAsync(store, options, service.Find(recording.Id)!);
        (await s3.UploadsAsync(options)).ShouldBeEmpty();
    }

    // 12 MB in ten minutes.
    private static RecordingOptions Long(RecordingOptions options) => options with { Bitrate = 160_000 };

    /// <summary>A few words, and the rest is silence.</summary>
    private Recording RecordMinutes(RecorderService service, int minutes)
    {
        RecordingHandle handle = _fixture.Begin(service, "s-1");
        handle.Sink.Open(_fixture.Position(0));
        _fixture.Send(handle.Sink, 0, 200);
        StreamPosition spoken = _fixture.Position(200);
        _fixture.Skip(0, minutes * 3000);
        handle.Sink.Close(_fixture.Position(200) with { RtpTimestamp = spoken.RtpTimestamp + ((uint)minutes * 60 * 48_000) });
        return service.Find(handle.Id)!;
    }

    private static async Task ShouldHoldAsync(S3Store store, S3StorageOptions options, Recording recording)
    {
        recording.Status.ShouldBe(RecordingStatus.Stored);
        byte[]? stored = await store.ReadAsync(recording.Location![$"s3://{options.Bucket}/".Length..], default);
        Convert.ToHexStringLower(SHA256.HashData(stored!)).ShouldBe(recording.Sha256);
        stored!.Length.ShouldBe((int)recording.Bytes!.Value);
    }

    private Task UntilUploadsAsync(S3StorageOptions options, int count) =>
        Until.SatisfiedAsync(() => s3.UploadsAsync(options), uploads => uploads.Count == count, TimeSpan.FromSeconds(30), uploads => $"{uploads.Count} uploads, not {count}");
}
