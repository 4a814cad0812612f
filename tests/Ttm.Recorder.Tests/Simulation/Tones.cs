namespace Ttm.Recorder.Tests.Simulation;

/// <summary>Speech in which every quarter second is recognisable: two tones tell its number from 0 to 255.</summary>
internal static class Tones
{
    public const int Count = 256;

    private const double Quarter = 0.25;

    private static readonly float[] Turn = [.. Enumerable.Range(0, 8192).Select(i => (float)(6000 * Math.Sin(2 * Math.PI * i / 8192)))];

    public static double LowOf(int symbol) => 400 + (60 * (symbol % 16));

    public static double HighOf(int symbol) => 1500 + (100 * (symbol / 16 % 16));

    /// <param name="seconds">On the signal's own clock.</param>
    public static short At(double seconds)
    {
        int symbol = (int)Math.Floor(seconds / Quarter) % Count;
        return (short)(Sine(LowOf(symbol) * seconds) + Sine(HighOf(symbol) * seconds));
    }

    private static float Sine(double turns) => Turn[(int)((turns - Math.Floor(turns)) * Turn.Length)];

    /// <summary>The symbol heard in the middle of each quarter second; -1 where there is silence.</summary>
    public static int[] Read(ReadOnlySpan<short> pcm, int sampleRate, double from = 0)
    {
        List<int> symbols = [];
        for (double start = from; (start + Quarter) * sampleRate <= pcm.Length; start += Quarter)
            symbols.Add(ReadOne(pcm[(int)((start + 0.06) * sampleRate)..(int)((start + 0.20) * sampleRate)], sampleRate));
        return [.. symbols];
    }

    public static double Rms(ReadOnlySpan<short> pcm)
    {
        double energy = 0;
        foreach (short sample in pcm)
            energy += (double)sample * sample;
        return Math.Sqrt(energy / Math.Max(1, pcm.Length));
    }

    private static int ReadOne(ReadOnlySpan<short> pcm, int sampleRate)
    {
        if (Rms(pcm) < 300)
            return -1;
        return (Strongest(pcm, i => HighOf(i * 16), sampleRate) * 16) + Strongest(pcm, LowOf, sampleRate);
    }

    private static int Strongest(ReadOnlySpan<short> pcm, Func<int, double> frequency, int sampleRate)
    {
        int best = 0;
        double most = 0;
        for (int i = 0; i < 16; i++)
        {
            double power = Power(pcm, frequency(i), sampleRate);
            if (power > most)
                (best, most) = (i, power);
        }

        return best;
    }

    private static double Power(ReadOnlySpan<short> pcm, double frequency, int sampleRate)
    {
        double coefficient = 2 * Math.Cos(2 * Math.PI * frequency / sampleRate);
        double last = 0;
        double before = 0;
        foreach (short sample in pcm)
            (last, before) = (sample + (coefficient * last) - before, last);
        return (last * last) + (before * before) - (coefficient * last * before);
    }
}
