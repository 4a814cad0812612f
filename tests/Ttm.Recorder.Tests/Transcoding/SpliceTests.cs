using Ttm.Recorder.Transcoding;

namespace Ttm.Recorder.Tests.Transcoding;

public sealed class SpliceTests
{
    [Theory]
    [InlineData(480, 10_000)]
    [InlineData(480, -10_000)]
    [InlineData(240, 100)]
    [InlineData(1440, -300)]
    public void Apply_AVoice_ChangesTheLengthWithoutAStep(int length, int change)
    {
        short[] voice = [.. Enumerable.Range(0, length).Select(i => (short)(10_000 * Math.Sin(2 * Math.PI * 200 * i / 24_000)))];
        short[] result = new short[Splice.MaxLength(length)];
        int count = Splice.Apply(voice, change, result);
        int difference = count - length;
        Math.Sign(difference).ShouldBe(Math.Sign(change));
        Math.Abs(difference).ShouldBeLessThanOrEqualTo(Math.Min(Math.Abs(change), length / 2));

        // A sine of this pitch moves by at most 524 from sample to sample.
        for (int i = 1; i < count; i++)
            Math.Abs(result[i] - result[i - 1]).ShouldBeLessThan(800);
    }

    [Fact]
    public void Apply_NoChange_IsTheSame()
    {
        short[] result = new short[Splice.MaxLength(480)];
        Splice.Apply(new short[480], 0, result).ShouldBe(480);
    }
}
