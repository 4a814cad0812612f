namespace Ttm.Testing.Sound;

/// <summary>
/// Finds in recorded sound which quarters of a <see cref="QuarterSecondSignal"/> it holds, where, and how whole. Knows nothing of where
/// they should be: any start offset, cuts, silence, jumps and slow stretching (as by a jitter buffer) are reported as they are.
/// <code>
/// var quarters = QuarterSecondDecoder.Unwrap(QuarterSecondDecoder.Decode(WavFile.Read(path)), near: 0);
/// quarters.Where(quarter => quarter.IsWhole).Select(quarter => quarter.Index).ShouldBe(Enumerable.Range(12, 40));
/// </code>
/// </summary>
public static class QuarterSecondDecoder
{
    // With a share f of the window in a tone, the purity beside silence is f: at a half the window's middle stands on the edge. Beside
    // another tone it is f², which leaves a gap of equal width on both sides of the boundary.
    private const double MinPurity = 0.5;

    // −56 dBFS: below, codecs speak to themselves.
    private const double MinPower = 50.0 * 50.0;

    private const int MaxGapHops = 12;

    private static readonly TimeSpan MinLength = TimeSpan.FromMilliseconds(40);

    /// <summary>The quarters in order. Pieces shorter than 40 ms are not reported; two of one quarter less than 60 ms apart are one.</summary>
    public static IReadOnlyList<DecodedQuarter> Decode(PcmSound sound)
    {
        var mono = sound.ToMono();
        List<Run> runs = FindRuns(mono);
        List<DecodedQuarter> quarters = [];
        for (int i = 0; i < runs.Count; i++)
        {
            var run = runs[i];

            // The gap between two tones is shared; an edge beside silence stands where it is.
            double start = i > 0 && Adjoins(runs[i - 1], run) ? (runs[i - 1].Last + run.First) / 2.0 : run.First - 0.5;
            double end = i + 1 < runs.Count && Adjoins(run, runs[i + 1]) ? (run.Last + runs[i + 1].First) / 2.0 : run.Last + 0.5;
            var from = TimeSpan.FromSeconds(Math.Max(0, start) / ToneBank.HopsPerSecond);
            var length = TimeSpan.FromSeconds(end / ToneBank.HopsPerSecond) - from;
            if (length >= MinLength)
                quarters.Add(new DecodedQuarter(run.Index, from, length, run.Purity / run.Hops));
        }

        return quarters;
    }

    /// <summary>
    /// Turns numbers modulo <see cref="QuarterSecondSignal.Modulus"/> into the numbers that were generated: the first is the one nearest to
    /// <paramref name="near"/>, each other one the nearest to what the time since the one before it lets expect.
    /// </summary>
    public static IReadOnlyList<DecodedQuarter> Unwrap(IReadOnlyList<DecodedQuarter> quarters, int near)
    {
        List<DecodedQuarter> unwrapped = [];
        foreach (var quarter in quarters)
        {
            double expected = unwrapped.Count == 0
                ? near
                : unwrapped[^1].Index + ((quarter.Start - unwrapped[^1].Start) / QuarterSecondSignal.Quarter);
            double turns = Math.Round((expected - quarter.Index) / QuarterSecondSignal.Modulus);
            unwrapped.Add(quarter with { Index = quarter.Index + ((int)turns * QuarterSecondSignal.Modulus) });
        }

        return unwrapped;
    }

    private static bool Adjoins(Run left, Run right) => right.First - left.Last <= MaxGapHops;

    private static List<Run> FindRuns(PcmSound sound)
    {
        List<Run> runs = [];
        var bank = new ToneBank(sound.SampleRate);
        int hops = (int)((long)sound.Samples.Length * ToneBank.HopsPerSecond / sound.SampleRate);
        for (int hop = 0; hop < hops + (ToneBank.WindowHops / 2); hop++)
        {
            bank.Add(hop < hops ? GetHop(sound, hop) : GetSilence(sound));
            (int low, int high) = bank.Measure(out double purity, out double power);
            if (purity < MinPurity || power < MinPower)
                continue;

            // The middle of the window, in hops from the beginning of the sound.
            int middle = hop + 1 - (ToneBank.WindowHops / 2);
            int index = QuarterSecondSignal.GetIndex(low, high);
            if (runs.Count > 0 && runs[^1].Index == index && middle - runs[^1].Last <= MaxGapHops)
                runs[^1] = runs[^1].Extend(middle, purity);
            else
                runs.Add(new Run(index, middle, middle, 1, purity));
        }

        return runs;
    }

    private static ReadOnlySpan<short> GetHop(PcmSound sound, int hop)
    {
        int start = (int)((long)hop * sound.SampleRate / ToneBank.HopsPerSecond);
        int end = (int)((hop + 1L) * sound.SampleRate / ToneBank.HopsPerSecond);
        return sound.Samples.AsSpan(start, end - start);
    }

    private static short[] GetSilence(PcmSound sound) => new short[sound.SampleRate / ToneBank.HopsPerSecond];

    private readonly record struct Run(int Index, int First, int Last, int Hops, double Purity)
    {
        public Run Extend(int middle, double purity) => this with { Last = middle, Hops = Hops + 1, Purity = Purity + purity };
    }
}
