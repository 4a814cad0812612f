using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Ttm.EndToEnd.Kit;
using Ttm.EndToEnd.Pages;
using Ttm.Testing.Storage;
using static Microsoft.Playwright.Assertions;

namespace Ttm.EndToEnd;

/// <summary>The MP3s in a real S3 server.</summary>
public sealed class ObjectStoreTests(Browser browser) : BrowserTest(browser)
{
    private const string Lesson = "graphs-4";
    private const string Bucket = "recordings";

    [Fact]
    public async Task Recordings_StoredInS3_LieInTheBucketAndPlayInThePage()
    {
        await using var store = await S3Server.LaunchAsync();
        using var s3 = new AmazonS3Client(
            new BasicAWSCredentials(S3Server.AccessKey, S3Server.SecretKey),
            new AmazonS3Config { ServiceURL = store.Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await s3.PutBucketAsync(Bucket);
        await using var server = await ServerProcess.StartAsync(settings: new Dictionary<string, string>
        {
            ["Storage:Provider"] = "S3",
            ["Storage:S3:Bucket"] = Bucket,
            ["Storage:S3:ServiceUrl"] = store.Url,
            ["Storage:S3:AccessKey"] = S3Server.AccessKey,
            ["Storage:S3:SecretKey"] = S3Server.SecretKey,
            ["Storage:KeyTemplate"] = "mp3/{lesson}/{sequence}-{student}.mp3",
        });
        using var api = new LessonApi(server, Lesson);
        await api.CreateAsync([]);
        var teacher = await TeacherPage.OpenAsync(Browser, server, Lesson);
        await teacher.GoOnAirAsync();
        var student = await StudentPage.JoinAsync(Browser, server, Lesson, "ana");
        await teacher.ShowsStudentAsync("ana", "connected");
        await teacher.ClickAsync("ana");
        await student.Page.HearsAsync(8);
        await teacher.ClickAsync("ana");

        var stretch = (await RecordedLesson.ReadAsync(api, 1)).ShouldHaveSingleItem();
        RecordedLesson.ShouldBeConsistent(stretch);
        RecordedLesson.ShouldBeWhole(stretch);
        var keys = (await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = Bucket })).S3Objects.Select(one => one.Key);
        var key = keys.Where(one => one.EndsWith(".mp3")).ShouldHaveSingleItem();
        key.ShouldMatch("^mp3/graphs-4/0*1-ana\\.mp3$");
        stretch.Recording.Location.ShouldBe($"s3://{Bucket}/{key}");
        using var stored = await s3.GetObjectAsync(Bucket, key);
        stored.Headers.ContentType.ShouldBe("audio/mpeg");
        stored.Metadata["lesson"].ShouldBe(Lesson);
        stored.Metadata["teacher"].ShouldBe("teacher");
        stored.Metadata["student"].ShouldBe("ana");
        stretch.Recording.Bytes.ShouldBe(stored.ContentLength);
        using var body = new MemoryStream();
        await stored.ResponseStream.CopyToAsync(body);
        body.ToArray().ShouldBe(stretch.Mp3);

        // By a presigned URL of another origin, which the page's Content-Security-Policy admits.
        await Expect(teacher.Recording(stretch.Recording.Id)).ToHaveAttributeAsync("data-state", "stored");
        (await teacher.PlayAsync(stretch.Recording.Id)).ShouldBe(stretch.Recording.Length.TotalSeconds, 0.1);
        (await teacher.DownloadAsync(stretch.Recording.Id)).ShouldBe(stretch.Mp3);
        teacher.Errors.ShouldBeEmpty();
    }

    [Fact]
    public async Task Doctor_OfABucket_WritesAndReadsWithTheGivenEncryption()
    {
        await using var store = await S3Server.LaunchAsync();
        using var s3 = new AmazonS3Client(
            new BasicAWSCredentials(S3Server.AccessKey, S3Server.SecretKey),
            new AmazonS3Config { ServiceURL = store.Url, ForcePathStyle = true, AuthenticationRegion = "us-east-1" });
        await s3.PutBucketAsync(Bucket);

        (await DiagnoseAsync(store, "--Storage:S3:ServerSideEncryption=aws:kms", $"--Storage:S3:KmsKeyId={S3Server.KmsKeyId}"))
            .ShouldBe($"ok    object store: S3 bucket {Bucket} at {store.Url} (aws:kms) can be written to and read from");
        (await DiagnoseAsync(store, "--Storage:S3:ServerSideEncryption=aws:kms", "--Storage:S3:KmsKeyId=nobody")).ShouldStartWith("mend  object store: ");
        (await DiagnoseAsync(store, "--Storage:S3:Bucket=elsewhere")).ShouldStartWith("mend  object store: ");
    }

    private static async Task<string> DiagnoseAsync(S3Server store, params string[] settings)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        await Ttm.Server.Commands.CommandLine.RunAsync(
            [
                "doctor", "--stun", "none", "--Auth:Keys:school=0123456789abcdef0123456789abcdef", "--Recording:Enabled=false", "--Media:Port=0", "--Storage:Provider=S3",
                $"--Storage:S3:Bucket={Bucket}", $"--Storage:S3:ServiceUrl={store.Url}", $"--Storage:S3:AccessKey={S3Server.AccessKey}", $"--Storage:S3:SecretKey={S3Server.SecretKey}", .. settings,
            ],
            output,
            errors);
        output.ToString().ShouldNotContain(S3Server.SecretKey);
        return output.ToString().Split('\n').Single(line => line.Contains("object store: "));
    }
}
