using System.Net;
using System.Text.Json.Nodes;
using Amazon.S3;
using Amazon.S3.Model;
using Ttm.Recorder.Storage;
using Ttm.Testing.Facts;
using static Ttm.Recorder.Tests.Storage.S3Fixture;
using static Ttm.Recorder.Tests.Storage.TestContent;

namespace Ttm.Recorder.Tests.Storage;

/// <summary>
/// The rights that deploy/terraform gives to the server's role, tried on Ceph's policy engine: given to a user who has no other (as a bucket policy, for Ceph
/// has no roles of instances), they are enough for all that the store does, and for nothing else.
/// </summary>
[Collection(S3Collection.Name)]
public sealed class RolePolicyTests(S3Fixture s3) : IDisposable
{
    private const string Key = "lessons/2026-01-05/algebra-7/0001-s-17.mp3";
    private readonly TestContent _content = new();

    public void Dispose() => _content.Dispose();

    [S3Fact]
    public async Task Policy_OfTheRole_IsEnoughForTheStoreAndForNothingElse()
    {
        var own = await s3.NewBucketAsync();
        var name = $"role-{own.Bucket}";
        await s3.Server.AddUserAsync(name, name, "role-secret-0123456789");
        var options = own with { AccessKey = name, SecretKey = "role-secret-0123456789" };
        using var store = Open(options);
        (await store.CheckAsync(default)).Healthy.ShouldBeFalse("without the policy");

        await s3.Direct.PutBucketPolicyAsync(own.Bucket, PolicyFor(name, own.Bucket!));

        (await store.CheckAsync(default)).ShouldBe(new StoreHealth(true, null));
        var (path, bytes, properties) = _content.File((12 * MiB) + 345);
        await store.PutAsync(Key, path, properties, default);
        (await store.ReadAsync(Key, default)).ShouldBe(bytes);
        (await store.ReadAsync(Key + ".none", default)).ShouldBeNull("listing tells a missing object from a forbidden one");
        using (var http = new HttpClient())
            (await http.GetByteArrayAsync((await store.OpenAsync(Key, default))!.Url)).ShouldBe(bytes);
        List<string> keys = [];
        await foreach (var key in store.ListAsync("lessons/", default))
            keys.Add(key);
        keys.ShouldBe([Key]);
        await store.DeleteAsync(Key, default);

        // The store's own client: with the SDK's, Ceph may take the request after a refused PUT for the body that it never got.
        using var client = S3Client.Create(options with { MaxRetries = 0 });
        await s3.Direct.PutObjectAsync(new PutObjectRequest { BucketName = own.Bucket, Key = "payroll.csv", ContentBody = "secret" });
        await RefusedAsync(() => client.PutObjectAsync(new PutObjectRequest { BucketName = own.Bucket, Key = "elsewhere/x", ContentBody = "x" }));
        await RefusedAsync(() => client.GetObjectAsync(own.Bucket, "payroll.csv"));
        await RefusedAsync(() => client.DeleteObjectAsync(own.Bucket, "payroll.csv"));
        await RefusedAsync(() => client.DeleteBucketAsync(own.Bucket));
        await RefusedAsync(() => client.PutBucketPolicyAsync(own.Bucket, "{}"));
        await RefusedAsync(() => client.PutBucketAclAsync(new PutBucketAclRequest { BucketName = own.Bucket, ACL = S3CannedACL.PublicRead }));
        await RefusedAsync(() => client.PutBucketVersioningAsync(new PutBucketVersioningRequest { BucketName = own.Bucket, VersioningConfig = new() { Status = VersionStatus.Suspended } }));
    }

    private static async Task RefusedAsync(Func<Task> call)
    {
        var refusal = await Should.ThrowAsync<AmazonS3Exception>(call);
        refusal.StatusCode.ShouldBe(HttpStatusCode.Forbidden, refusal.Message);
    }

    private static string PolicyFor(string user, string bucket)
    {
        var policy = JsonNode.Parse(File.ReadAllText(FindPolicy()).Replace("${bucket}", bucket, StringComparison.Ordinal))!;
        foreach (var statement in policy["Statement"]!.AsArray())
            statement!["Principal"] = new JsonObject { ["AWS"] = new JsonArray($"arn:aws:iam:::user/{user}") };
        return policy.ToJsonString();
    }

    private static string FindPolicy()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory!.FullName, "TtmMedia.sln")))
            directory = directory.Parent;
        return Path.Combine(directory.FullName, "deploy", "terraform", "policy.json");
    }
}
