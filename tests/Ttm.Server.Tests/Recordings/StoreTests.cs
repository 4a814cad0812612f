using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Ttm.Server.Tests.Kit;
using Ttm.Testing;
using Ttm.Testing.Facts;
using Ttm.Testing.Storage;

namespace Ttm.Server.Tests.Recordings;

/// <summary>The whole server before a real S3 server that does not take recordings: it says why, keeps them, and stores them when it may.</summary>
public sealed class StoreTests : IAsyncLifetime
{
    private const string Bucket = "recordings";

    private readonly string _directory = Directory.CreateTempSubdirectory("ttm-store-").FullName;
    private S3Server _s3 = null!;
    private AmazonS3Client _client = null!;

    public async Task InitializeAsync()
    {
        if (!S3Server.IsSupported)
            return;
        _s3 = await S3Server.LaunchAsync();
        _client = new AmazonS3Client(
            new BasicAWSCredentials(S3Server.AccessKey, S3Server.SecretKey),
            new AmazonS3Config { ServiceURL = _s3.Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1", RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED });
    }

    public async Task DisposeAsync()
    {
        if (_s3 is null)
            return;
        _client.Dispose();
        await _s3.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    [S3Fact]
    public async Task Recordings_WhileBucketOrSecretIsWrong_WaitAndAreStoredLater()
    {
        string first;
        await using (var server = await StartAsync(S3Server.SecretKey))
        {
            // At start, in the log; on /readyz, as a warning, since lessons go on.
            const string NoBucket = "does not exist; create the bucket or mend Storage:S3:Bucket.";
            server.Logs.Lines.ShouldContain(line => line.StartsWith("Error", StringComparison.Ordinal) && line.Contains(NoBucket, StringComparison.Ordinal));
            (await WarningsAsync(server)).ShouldContain(NoBucket);
            first = await RecordAsync(server, "a");
            Directory.EnumerateFiles(Path.Combine(_directory, "spool"), "rec_*.mp3").Count().ShouldBe(1);

            await _client.PutBucketAsync(Bucket);
            await UntilStatusAsync(server, first, "stored");
            await Until.TrueAsync(async () => await WarningsAsync(server) == "");
        }

        string second;
        await using (var server = await StartAsync("another secret than the server's"))
        {
            (await WarningsAsync(server)).ShouldContain("refuses the secret key; mend Storage:S3:SecretKey.");
            server.Logs.Lines.ShouldAllBe(line => !line.Contains("another secret", StringComparison.Ordinal));
            second = await RecordAsync(server, "b");
        }

        await using (var server = await StartAsync(S3Server.SecretKey))
        {
            await UntilStatusAsync(server, second, "stored");
            (await WarningsAsync(server)).ShouldBe("");
            foreach (var recording in new[] { first, second })
            {
                var one = await (await server.SendAsync("GET", $"/api/v1/recordings/{recording}", server.Service)).JsonAsync();
                var key = one.GetProperty("location").GetString()!.Replace($"s3://{Bucket}/", "", StringComparison.Ordinal);
                (await _client.GetObjectMetadataAsync(Bucket, key)).Metadata["sha256"].ShouldBe(one.GetProperty("sha256").GetString());
            }
        }

        Directory.EnumerateFiles(Path.Combine(_directory, "spool"), "rec_*").ShouldBeEmpty();
        (await _client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket })).MultipartUploads.ShouldBeNull();
    }

    private Task<TestServer> StartAsync(string secret) => TestServer.StartWholeAsync(
        $"--Recording:Spool={_directory}/spool", "--Storage:Provider=S3", $"--Storage:S3:Bucket={Bucket}", $"--Storage:S3:ServiceUrl={_s3.Url}",
        $"--Storage:S3:AccessKey={S3Server.AccessKey}", $"--Storage:S3:SecretKey={secret}");

    /// <summary>A stretch without a teacher: a moment of silence, which waits in the spool.</summary>
    private static async Task<string> RecordAsync(TestServer server, string lesson)
    {
        await server.SendAsync("POST", "/api/v1/lessons", server.Teacher(lesson), "{}").ShouldBeAsync(201);
        var choice = await (await server.SendAsync("PUT", $"/api/v1/lessons/{lesson}/listener", server.Teacher(lesson), """{"student":"s-1"}""").ShouldBeAsync(200)).JsonAsync();
        await server.SendAsync("DELETE", $"/api/v1/lessons/{lesson}", server.Teacher(lesson)).ShouldBeAsync(204);
        var recording = choice.GetProperty("recording").GetString()!;
        await UntilStatusAsync(server, recording, "uploading");
        return recording;
    }

    private static Task UntilStatusAsync(TestServer server, string recording, string status) => Until.TrueAsync(async () =>
        (await (await server.SendAsync("GET", $"/api/v1/recordings/{recording}", server.Service)).JsonAsync()).GetProperty("status").GetString() == status);

    private static async Task<string> WarningsAsync(TestServer server)
    {
        var ready = await (await server.SendAsync("GET", "/readyz", null).ShouldBeAsync(200)).JsonAsync();
        return string.Join(' ', ready.GetProperty("warnings").EnumerateArray().Select(one => one.GetString()));
    }
}
