using Amazon.S3.Model;
using Ttm.Recorder.Storage;
using Ttm.Testing.Facts;
using static Ttm.Recorder.Tests.Storage.S3Fixture;

namespace Ttm.Recorder.Tests.Storage;

/// <summary>What an operator reads when the settings are wrong.</summary>
[Collection(S3Collection.Name)]
public sealed class S3CheckTests(S3Fixture s3)
{
    [S3Fact]
    public async Task CheckAsync_AllWell_IsHealthyAndLeavesNothing()
    {
        var options = await s3.NewBucketAsync();
        using var store = Open(options);

        var health = await store.CheckAsync(default);

        health.ShouldBe(new StoreHealth(true, null));
        ((await s3.Direct.ListObjectsV2Async(new ListObjectsV2Request { BucketName = options.Bucket })).S3Objects ?? []).ShouldBeEmpty();
    }

    [S3Fact]
    public Task CheckAsync_WrongSecret_NamesTheSetting() =>
        ExpectAsync(options => options with { SecretKey = "wrong" }, "Storage:S3:SecretKey", transient: false);

    [S3Fact]
    public Task CheckAsync_UnknownAccessKey_NamesTheSetting() =>
        ExpectAsync(options => options with { AccessKey = "nobody" }, "Storage:S3:AccessKey", transient: false);

    [S3Fact]
    public Task CheckAsync_MissingBucket_NamesTheSetting() =>
        ExpectAsync(options => options with { Bucket = "no-such-bucket" }, "Storage:S3:Bucket", transient: false);

    [S3Fact]
    public Task CheckAsync_NobodyListens_SaysUnreachableAndWhere() =>
        ExpectAsync(options => options with { ServiceUrl = "http://127.0.0.1:1" }, "at http://127.0.0.1:1 cannot be reached", transient: true);

    [S3Fact]
    public async Task CheckAsync_WritingDenied_SaysWhichPermissionIsNeeded()
    {
        var options = await s3.NewBucketAsync();
        await s3.Direct.PutBucketPolicyAsync(options.Bucket, $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::{{options.Bucket}}/*"}]}
            """);

        await ExpectAsync(_ => options, "s3:PutObject", transient: false);
    }

    [S3Fact]
    public async Task CheckAsync_DeletingDenied_IsHealthy()
    {
        var options = await s3.NewBucketAsync();
        await s3.Direct.PutBucketPolicyAsync(options.Bucket, $$"""
            {"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::{{options.Bucket}}/*"}]}
            """);
        using var store = Open(options);

        (await store.CheckAsync(default)).Healthy.ShouldBeTrue();
    }

    [S3Fact]
    public async Task AnyCall_CancelledByItsCaller_IsACancellation()
    {
        using var store = Open(await s3.NewBucketAsync());

        await Should.ThrowAsync<OperationCanceledException>(() => store.ReadAsync("lessons/x", new CancellationToken(true)));
    }

    private async Task ExpectAsync(Func<S3StorageOptions, S3StorageOptions> change, string words, bool transient)
    {
        using var store = Open(change(await s3.NewBucketAsync()));

        var health = await store.CheckAsync(default);
        var exception = await Should.ThrowAsync<ObjectStoreException>(() => store.PutAsync("lessons/x", new byte[] { 1 }, TestContent.Properties([1]), default));

        health.Healthy.ShouldBeFalse();
        health.Reason!.ShouldContain(words);
        exception.Message.ShouldContain(words);
        exception.Transient.ShouldBe(transient);
    }
}
