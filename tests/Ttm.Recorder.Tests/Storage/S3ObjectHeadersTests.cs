using Amazon.S3.Model;
using Ttm.Recorder.Storage;

namespace Ttm.Recorder.Tests.Storage;

public sealed class S3ObjectHeadersTests
{
    [Theory]
    [InlineData("plain-1.2_3", "plain-1.2_3")]
    [InlineData("100%", "100%25")]
    [InlineData(" Zoë\r\n", "%20Zo%C3%AB%0D%0A")]
    [InlineData("数学", "%E6%95%B0%E5%AD%A6")]
    public void Encode_AnyValue_IsVisibleAsciiAndComesBack(string value, string encoded)
    {
        S3ObjectHeaders.Encode(value).ShouldBe(encoded);
        Uri.UnescapeDataString(encoded).ShouldBe(value);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("a b.mp3", "attachment; filename=\"a b.mp3\"")]
    [InlineData("a\"\r\nX: y.mp3", "attachment; filename=\"a___X: y.mp3\"; filename*=UTF-8''a%22%0D%0AX%3A%20y.mp3")]
    public void Disposition_AnyName_CannotBreakTheHeader(string? name, string? expected) => S3ObjectHeaders.Disposition(name).ShouldBe(expected);

    [Fact]
    public void ApplyTo_MoreMetadataThanS3Takes_LeavesOutTheLongest()
    {
        var request = new PutObjectRequest();
        var metadata = new Dictionary<string, string> { ["Lesson"] = "algebra", ["essay"] = new string('ü', 1000) };

        new S3ObjectHeaders(new S3StorageOptions(), TimeProvider.System).ApplyTo(request, new ObjectProperties("audio/mpeg", "00", metadata, null));

        request.Metadata.Keys.ShouldBe(["x-amz-meta-sha256", "x-amz-meta-lesson"], ignoreOrder: true);
    }
}
