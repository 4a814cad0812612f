namespace Ttm.Testing.Sound;

/// <summary>
/// The power of each of the signal's 32 tones in a window that slides by hops of 5 ms: a Goertzel filter per tone and hop, the hops of a
/// window added up in phase.
/// </summary>
internal sealed class ToneBank
{
    public const int HopsPerSecond = 200;

    /// <summary>60 ms: long enough to tell tones 60 Hz apart, short enough to see where a quarter ends.</summary>
    public const int WindowHops = 12;

    private const int Tones = 2 * QuarterSecondSignal.TonesPerGroup;

    private readonly double[] _steps = new double[Tones];
    private readonly double[,] _real = new double[WindowHops, Tones];
    private readonly double[,] _imaginary = new double[WindowHops, Tones];
    private readonly double[] _energy = new double[WindowHops];
    private readonly int[] _lengths = new int[WindowHops];
    private long _position;
    private int _next;

    public ToneBank(int sampleRate)
    {
        for (int tone = 0; tone < QuarterSecondSignal.TonesPerGroup; tone++)
        {
            _steps[tone] = 2 * Math.PI * QuarterSecondSignal.GetLowFrequency(tone) / sampleRate;
            _steps[tone + QuarterSecondSignal.TonesPerGroup] = 2 * Math.PI * QuarterSecondSignal.GetHighFrequency(tone) / sampleRate;
        }
    }

    /// <summary>Slides the window by one hop; what lies before the first hop is silence.</summary>
    public void Add(ReadOnlySpan<short> hop)
    {
        double energy = 0;
        foreach (short sample in hop)
            energy += (double)sample * sample;
        _energy[_next] = energy;
        _lengths[_next] = hop.Length;

        for (int tone = 0; tone < Tones; tone++)
        {
            double step = _steps[tone];
            double coefficient = 2 * Math.Cos(step);
            double previous = 0;
            double beforePrevious = 0;
            foreach (short sample in hop)
                (previous, beforePrevious) = (sample + (coefficient * previous) - beforePrevious, previous);

            // Turned back to the phase of sample 0, so that hops add up.
            double real = previous - (beforePrevious * Math.Cos(step));
            double imaginary = beforePrevious * Math.Sin(step);
            (double sin, double cos) = Math.SinCos(-step * (_position + hop.Length - 1));
            _real[_next, tone] = (real * cos) - (imaginary * sin);
            _imaginary[_next, tone] = (real * sin) + (imaginary * cos);
        }

        _position += hop.Length;
        _next = (_next + 1) % WindowHops;
    }

    /// <summary>The strongest pair in the window.</summary>
    /// <param name="purity">Its share of all the power.</param>
    /// <param name="power">The mean square of all the samples.</param>
    public (int Low, int High) Measure(out double purity, out double power)
    {
        int samples = 0;
        double energy = 0;
        for (int hop = 0; hop < WindowHops; hop++)
        {
            samples += _lengths[hop];
            energy += _energy[hop];
        }

        int low = FindStrongest(0, out double lowSquare);
        int high = FindStrongest(QuarterSecondSignal.TonesPerGroup, out double highSquare);
        power = samples == 0 ? 0 : energy / samples;

        // A tone of amplitude a has the power a²/2, and |X| = a·n/2.
        purity = energy == 0 ? 0 : 2 * (lowSquare + highSquare) / samples / energy;

        // One tone alone is no pair.
        if (Math.Min(lowSquare, highSquare) < 0.05 * Math.Max(lowSquare, highSquare))
            purity = 0;
        return (low, high - QuarterSecondSignal.TonesPerGroup);
    }

    private int FindStrongest(int first, out double square)
    {
        int strongest = first;
        square = -1;
        for (int tone = first; tone < first + QuarterSecondSignal.TonesPerGroup; tone++)
        {
            double real = 0;
            double imaginary = 0;
            for (int hop = 0; hop < WindowHops; hop++)
            {
                real += _real[hop, tone];
                imaginary += _imaginary[hop, tone];
            }

            double candidate = (real * real) + (imaginary * imaginary);
            if (candidate > square)
                (square, strongest) = (candidate, tone);
        }

        return strongest;
    }
}
