namespace Ttm.Load.Speech;

/// <summary>
/// Something that costs a codec what speech costs: a voice of varying pitch through the formants of vowels, syllables four to five times a
/// second, hissing consonants between them, a breath now and then. 48 kHz, mono, always the same samples.
/// </summary>
internal sealed class SpeechSignal
{
    public const int SampleRate = 48_000;

    private const int SyllablesPerBreath = 9;

    // F1, F2, F3 in Hz of a, e, i, o, u (Peterson and Barney's averages for men).
    private static readonly double[][] Vowels = [[730, 1090, 2440], [530, 1840, 2480], [270, 2290, 3010], [570, 840, 2410], [300, 870, 2240]];
    private static readonly double[] Bandwidths = [70, 100, 140];
    private static readonly double[] Loudness = [1, 0.6, 0.3];

    private readonly Resonator[] _throat = [new(), new(), new()];
    private readonly Resonator _teeth = new();
    private uint _chance = 0x9E37_79B9;
    private double _phase;

    public static short[] Create(double seconds) => new SpeechSignal().Speak(seconds);

    private short[] Speak(double seconds)
    {
        short[] samples = new short[(int)(seconds * SampleRate)];
        int at = 0;
        for (int syllable = 0; at < samples.Length; syllable++)
        {
            if (syllable % SyllablesPerBreath == SyllablesPerBreath - 1)
                at += Breathe(samples.AsSpan(at));
            else
                at += Syllable(samples.AsSpan(at));
        }

        return samples;
    }

    private int Breathe(Span<short> samples)
    {
        int length = Math.Min(samples.Length, SampleRate / 4);
        for (int index = 0; index < length; index++)
            samples[index] = (short)(Noise() * 12);
        return length;
    }

    private int Syllable(Span<short> samples)
    {
        int hiss = (int)(SampleRate * (0.03 + (0.04 * Chance())));
        int voiced = (int)(SampleRate * (0.12 + (0.1 * Chance())));
        double[] vowel = Vowels[(int)(Chance() * Vowels.Length)];
        for (int formant = 0; formant < _throat.Length; formant++)
            _throat[formant].Tune(vowel[formant], Bandwidths[formant]);
        _teeth.Tune(4500 + (2500 * Chance()), 1200);
        double pitch = 105 + (50 * Chance());
        double fall = 0.8 + (0.3 * Chance());
        int length = Math.Min(samples.Length, hiss + voiced);
        for (int index = 0; index < length; index++)
        {
            double value = index < hiss
                ? _teeth.Filter(Noise()) * 900 * Math.Sin(Math.PI * index / hiss)
                : Voice(pitch * Math.Pow(fall, (double)(index - hiss) / voiced)) * 9000 * Math.Sin(Math.PI * (index - hiss) / voiced);
            samples[index] = (short)Math.Clamp(value + (Noise() * 12), short.MinValue, short.MaxValue);
        }

        return length;
    }

    /// <summary>A pulse of air a period, and a little breath, through the throat.</summary>
    private double Voice(double pitch)
    {
        _phase += pitch / SampleRate;
        _phase -= Math.Floor(_phase);
        double air = (_phase < 0.6 ? Math.Sin(Math.PI * _phase / 0.6) : -0.5 * Math.Exp(-20 * (_phase - 0.6))) + (0.02 * Noise());
        double sound = 0;
        for (int formant = 0; formant < _throat.Length; formant++)
            sound += _throat[formant].Filter(air) * Loudness[formant];
        return sound;
    }

    private double Noise() => (2 * Chance()) - 1;

    private double Chance()
    {
        _chance ^= _chance << 13;
        _chance ^= _chance >> 17;
        _chance ^= _chance << 5;
        return _chance / (double)uint.MaxValue;
    }

    /// <summary>A two-pole band-pass of unity gain at its peak.</summary>
    private sealed class Resonator
    {
        private double _gain;
        private double _first;
        private double _second;
        private double _last;
        private double _beforeLast;

        public void Tune(double frequency, double bandwidth)
        {
            double radius = Math.Exp(-Math.PI * bandwidth / SampleRate);
            double angle = 2 * Math.PI * frequency / SampleRate;
            _first = 2 * radius * Math.Cos(angle);
            _second = -radius * radius;
            _gain = (1 - radius) * Math.Sqrt(1 + (radius * radius) - (2 * radius * Math.Cos(2 * angle)));
        }

        public double Filter(double input)
        {
            double output = (_gain * input) + (_first * _last) + (_second * _beforeLast);
            (_last, _beforeLast) = (output, _last);
            return output;
        }
    }
}
