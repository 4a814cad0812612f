using System.Text;
using Amazon.S3.Model;
using Ttm.Recorder.Storage;
using Ttm.Testing.Facts;
using Ttm.Testing.Storage;
using static Ttm.Recorder.Tests.Storage.S3Fixture;
using static Ttm.Recorder.Tests.Storage.TestContent;

namespace Ttm.Recorder.Tests.Storage;

/// <summary>The network cuts, the server goes away, what is stored is not what was sent.</summary>
[Collection(S3Collection.Name)]
public sealed class S3FailureTests(S3Fixture s3) : IDisposable
{
    private const string Key = "lessons/algebra-7/whole.mp3";

    private readonly TestContent _content = new();

    public void Dispose() => _content.Dispose();

    [S3Fact]
    public async Task PutAsync_CutInTheMiddle_GoesOnWithTheMissingPartsNextTime()
    {
        var options = await s3.NewBucketAsync();
        var (path, bytes, properties) = _content.File(12 * MiB);
        await CutAsync(options, path, properties);
        await using var proxy = new TcpProxy(s3.Server.Port);
        using var restarted = Open(options with { ServiceUrl = proxy.Url });

        await restarted.PutAsync(Key, path, properties, default);

        proxy.BytesToServer.ShouldBeLessThan(8 * MiB);
        (await restarted.ReadAsync(Key, default)).ShouldBe(bytes);
        (await s3.UploadsAsync(options)).ShouldBeEmpty();
    }

    [S3Fact]
    public async Task PutAsync_CutUploadWasOfAnotherFile_IsAborted()
    {
        var options = await s3.NewBucketAsync();
        var (oldPath, _, oldProperties) = _content.File(12 * MiB, seed: 1);
        await CutAsync(options, oldPath, oldProperties);
        var (path, bytes, properties) = _content.File(12 * MiB, seed: 2);
        using var store = Open(options);

        await store.PutAsync(Key, path, properties, default);

        (await store.ReadAsync(Key, default)).ShouldBe(bytes);
        (await s3.Direct.GetObjectMetadataAsync(options.Bucket, Key)).Metadata["sha256"].ShouldBe(properties.Sha256);
        (await s3.UploadsAsync(options)).ShouldBeEmpty();
    }

    [S3Fact]
    public async Task DeleteAsync_CutUploadOfTheKey_IsAborted()
    {
        var options = await s3.NewBucketAsync();
        var (path, _, properties) = _content.File(12 * MiB);
        await CutAsync(options, path, properties);
        using var store = Open(options);

        await store.DeleteAsync(Key, default);

        (await s3.UploadsAsync(options)).ShouldBeEmpty();
    }

    [S3Fact]
    public async Task PutAsync_ConnectionLostBeforeTheAnswerToComplete_IsStored()
    {
        var options = await s3.NewBucketAsync();
        var (path, bytes, properties) = _content.File(6 * MiB);
        await using var proxy = new TcpProxy(s3.Server.Port);
        using var store = Open(options with { ServiceUrl = proxy.Url, MaxRetries = 2 });
        var once = 0;
        proxy.BeforeForward = async piece =>
        {
            if (!IsRequest(piece, "POST", "uploadId=") || Interlocked.Exchange(ref once, 1) == 1)
                return;

            // Somebody completes it first: to our store that looks as if its own first try had been answered into the void.
            var upload = (await s3.UploadsAsync(options)).ShouldHaveSingleItem();
            var parts = await s3.Direct.ListPartsAsync(new ListPartsRequest { BucketName = options.Bucket, Key = Key, UploadId = upload.UploadId });
            await s3.Direct.CompleteMultipartUploadAsync(new CompleteMultipartUploadRequest
            {
                BucketName = options.Bucket,
                Key = Key,
                UploadId = upload.UploadId,
                PartETags = [.. parts.Parts.Select(part => new PartETag(part.PartNumber!.Value, part.ETag))],
            });
        };

        await store.PutAsync(Key, path, properties, default);

        once.ShouldBe(1);
        (await store.ReadAsync(Key, default)).ShouldBe(bytes);
    }

    [S3Fact]
    public async Task CheckAsync_AbandonedUploads_AreSweptBelowOwnPrefixAlone()
    {
        var options = await s3.NewBucketAsync();
        await s3.Direct.InitiateMultipartUploadAsync(options.Bucket, "lessons/gone.mp3");
        await s3.Direct.InitiateMultipartUploadAsync(options.Bucket, "strangers/file");

        using (var today = Open(options))
            await today.CheckAsync(default);
        (await s3.UploadsAsync(options)).Count.ShouldBe(2);

        using (var inTwoDays = Open(options, new ShiftedTime(TimeSpan.FromDays(2))))
            await inTwoDays.CheckAsync(default);
        (await s3.UploadsAsync(options)).ShouldHaveSingleItem().Key.ShouldBe("strangers/file");
    }

    [S3Fact]
    public async Task PutAsync_ServerTruncates_IsFoundAndRemoved()
    {
        var (exception, left) = await PutWhileReplacedAsync(TestContent.Bytes(50_000, seed: 1)[..40_000]);

        exception.Transient.ShouldBeTrue();
        exception.Message.ShouldContain("40000 bytes instead of 50000");
        left.ShouldBeNull();
    }

    [S3Fact]
    public async Task PutAsync_ServerChangesBytes_IsFoundAndRemoved()
    {
        var bytes = TestContent.Bytes(50_000, seed: 1);
        bytes[25_000] ^= 1;

        var (exception, left) = await PutWhileReplacedAsync(bytes);

        exception.Transient.ShouldBeTrue();
        exception.Message.ShouldContain("SHA-256");
        left.ShouldBeNull();
    }

    [S3Fact]
    public async Task AllCalls_ServerStoppedAndStarted_FailInWordsAndWorkAgain()
    {
        using var store = Open(await s3.NewBucketAsync());
        var (path, bytes, properties) = _content.File(100_000);
        await store.PutAsync("lessons/before.mp3", path, properties, default);

        await s3.Server.StopAsync();
        var health = await store.CheckAsync(default);
        var exception = await Should.ThrowAsync<ObjectStoreException>(() => store.PutAsync(Key, path, properties, default));
        await s3.Server.StartAsync();

        health.Healthy.ShouldBeFalse();
        health.Reason!.ShouldContain("cannot be reached");
        exception.Transient.ShouldBeTrue();
        await store.PutAsync(Key, path, properties, default);
        (await store.ReadAsync(Key, default)).ShouldBe(bytes);
        (await store.ReadAsync("lessons/before.mp3", default)).ShouldBe(bytes);
        (await store.CheckAsync(default)).Healthy.ShouldBeTrue();
    }

    /// <summary>Stores through a proxy that breaks within the second part of three.</summary>
    private async Task CutAsync(S3StorageOptions options, string path, ObjectProperties properties)
    {
        await using var proxy = new TcpProxy(s3.Server.Port);
        using var store = Open(options with { ServiceUrl = proxy.Url });
        proxy.CutAfter(7 * MiB);
        var exception = await Should.ThrowAsync<ObjectStoreException>(() => store.PutAsync(Key, path, properties, default));
        exception.Transient.ShouldBeTrue(exception.ToString());
        var upload = (await s3.UploadsAsync(options)).ShouldHaveSingleItem();
        (await s3.Direct.ListPartsAsync(options.Bucket, Key, upload.UploadId)).Parts.ShouldHaveSingleItem();
    }

    /// <summary>Stores 50,000 bytes and lets other content stand in their place when the store comes to look.</summary>
    private async Task<(ObjectStoreException Exception, byte[]? Left)> PutWhileReplacedAsync(byte[] other)
    {
        var options = await s3.NewBucketAsync();
        var (path, _, properties) = _content.File(50_000);
        await using var proxy = new TcpProxy(s3.Server.Port);
        using var store = Open(options with { ServiceUrl = proxy.Url });
        proxy.BeforeForward = async piece =>
        {
            if (IsRequest(piece, "HEAD", Key))
                await s3.Direct.PutObjectAsync(new PutObjectRequest { BucketName = options.Bucket, Key = Key, InputStream = new MemoryStream(other) });
        };

        var exception = await Should.ThrowAsync<ObjectStoreException>(() => store.PutAsync(Key, path, properties, default));

        proxy.BeforeForward = null;
        return (exception, await store.ReadAsync(Key, default));
    }

    private static bool IsRequest(ReadOnlyMemory<byte> piece, string method, string target)
    {
        var text = Encoding.ASCII.GetString(piece.Span);
        return text.StartsWith(method + " ", StringComparison.Ordinal) && text.Split('\n')[0].Contains(target, StringComparison.Ordinal);
    }

    private sealed class ShiftedTime(TimeSpan shift) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
    }
}
