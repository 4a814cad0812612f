namespace Ttm.Rtc;

/// <summary>Chance, injected so that tests repeat. The one used in production is cryptographic.</summary>
public interface IRandomness
{
    void Fill(Span<byte> destination);
}
