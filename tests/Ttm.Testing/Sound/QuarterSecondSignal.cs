namespace Ttm.Testing.Sound;

/// <summary>
/// A signal in which every quarter of a second is recognisable: two tones, one of sixteen low and one of sixteen high frequencies, say
/// its number modulo <see cref="Modulus"/> (64 seconds). Both tones change from each quarter to the next, so that a boundary is seen in
/// both. All lies between 500 and 3500 Hz, each tone at −12 dBFS, with fades of 8 ms; it passes Opus of 32 kbit/s and MP3 of 64 kbit/s
/// unharmed. A browser must send it without noise suppression and automatic gain, which take steady tones for noise.
/// </summary>
public static class QuarterSecondSignal
{
    /// <summary>Quarter <c>i</c> and quarter <c>i + 256</c> sound alike.</summary>
    public const int Modulus = TonesPerGroup * TonesPerGroup;

    internal const int TonesPerGroup = 16;

    private const double Amplitude = 0.25 * short.MaxValue;
    private const double FadeSeconds = 0.008;

    public static readonly TimeSpan Quarter = TimeSpan.FromMilliseconds(250);

    /// <summary>Quarters <paramref name="first"/> to <paramref name="first"/> + <paramref name="count"/> − 1, mono.</summary>
    /// <param name="sampleRate">A multiple of four, so that a quarter is whole samples.</param>
    public static PcmSound Generate(int first, int count, int sampleRate = 48_000)
    {
        int quarter = sampleRate / 4;
        short[] samples = new short[count * quarter];
        for (int i = 0; i < count; i++)
            WriteQuarter(samples.AsSpan(i * quarter, quarter), first + i, sampleRate);
        return new PcmSound(samples, sampleRate);
    }

    /// <summary>The frequency of a low tone: 60 Hz apart.</summary>
    internal static double GetLowFrequency(int tone) => 500 + (60 * tone);

    /// <summary>The frequency of a high tone: 110 Hz apart.</summary>
    internal static double GetHighFrequency(int tone) => 1_775 + (110 * tone);

    internal static (int Low, int High) GetTones(int index)
    {
        int number = ((index % Modulus) + Modulus) % Modulus;
        int low = number % TonesPerGroup;
        return (low, ((7 * low) + (number / TonesPerGroup)) % TonesPerGroup);
    }

    internal static int GetIndex(int low, int high)
    {
        int turn = (high - (7 * low)) % TonesPerGroup;
        return (((turn + TonesPerGroup) % TonesPerGroup) * TonesPerGroup) + low;
    }

    private static void WriteQuarter(Span<short> samples, int index, int sampleRate)
    {
        (int low, int high) = GetTones(index);
        double lowStep = 2 * Math.PI * GetLowFrequency(low) / sampleRate;
        double highStep = 2 * Math.PI * GetHighFrequency(high) / sampleRate;
        double fade = FadeSeconds * sampleRate;
        for (int i = 0; i < samples.Length; i++)
        {
            double edge = Math.Min(1, Math.Min(i, samples.Length - 1 - i) / fade);
            samples[i] = (short)(Amplitude * edge * (Math.Sin(lowStep * i) + Math.Sin(highStep * i)));
        }
    }
}
