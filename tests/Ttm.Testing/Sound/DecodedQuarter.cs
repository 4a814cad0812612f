namespace Ttm.Testing.Sound;

/// <summary>A stretch of sound in which one quarter of a <see cref="QuarterSecondSignal"/> was recognised.</summary>
/// <param name="Index">Modulo <see cref="QuarterSecondSignal.Modulus"/>, until <see cref="QuarterSecondDecoder.Unwrap"/> has its say.</param>
/// <param name="Start">From the beginning of the sound; true to about 5 ms where both neighbours or silence adjoin.</param>
/// <param name="Length">A quarter of a second where nothing cut or stretched it.</param>
/// <param name="Confidence">The share of the sound's power in the two tones, 0.5 to 1; an unharmed quarter has 0.85 and more.</param>
public sealed record DecodedQuarter(int Index, TimeSpan Start, TimeSpan Length, double Confidence)
{
    public TimeSpan End => Start + Length;

    /// <summary>False for one that a switch or a loss has cut by more than a fifth.</summary>
    public bool IsWhole => Length >= QuarterSecondSignal.Quarter * 0.8;
}
