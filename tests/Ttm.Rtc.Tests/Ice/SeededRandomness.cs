namespace Ttm.Rtc.Tests.Ice;

internal sealed class SeededRandomness(int seed) : IRandomness
{
    private readonly Random _random = new(seed);

    public void Fill(Span<byte> destination) => _random.NextBytes(destination);
}
