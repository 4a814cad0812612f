using System.Numerics;

namespace Ttm.Recorder.Transcoding;

/// <summary>
/// Keeps a corrupt payload, which decodes to whatever it likes, from being far louder than the speech: what is suddenly 5 dB louder than the last ten
/// seconds of sound ever were for three packets is held at that, for three packets. What is really so loud is so for longer, and loses a little of its
/// first 60 ms. Half of full scale always passes, and so do the first two seconds, of which nobody knows how loud they should be.
/// </summary>
internal sealed class ClickGuard(int sampleRate)
{
    private const int Floor = 16_384;
    private const int MaxHeld = 3;

    private readonly int[] _loudest = new int[10];
    private int _seconds;
    private int _samples;
    private int _held;
    private int _before;
    private int _last;

    /// <summary>True where it was held: the decoder, too, should forget what it took.</summary>
    public bool Apply(Span<short> sound)
    {
        int peak = Peak(sound);
        int ceiling = _seconds < 2 ? short.MaxValue + 1 : Math.Max(Floor, Loudest() * 7 / 4);
        bool hold = peak > ceiling && _held < MaxHeld;
        if (hold)
        {
            _held++;
            foreach (ref short sample in sound)
                sample = (short)(sample * ceiling / peak);
        }
        else
        {
            _held = 0;
            ref int loudest = ref _loudest[_seconds % _loudest.Length];
            loudest = Math.Max(loudest, Math.Min(peak, Math.Min(_last, _before)));
            (_before, _last) = (_last, peak);
        }

        _samples += sound.Length;
        if (_samples >= sampleRate)
        {
            _samples = 0;
            _loudest[++_seconds % _loudest.Length] = 0;
        }

        return hold;
    }

    // Every sample of every recording comes by here: many at a time.
    private static int Peak(ReadOnlySpan<short> sound)
    {
        Vector<short> highest = Vector<short>.Zero;
        Vector<short> lowest = Vector<short>.Zero;
        while (sound.Length >= Vector<short>.Count)
        {
            var samples = new Vector<short>(sound);
            highest = Vector.Max(highest, samples);
            lowest = Vector.Min(lowest, samples);
            sound = sound[Vector<short>.Count..];
        }

        int peak = 0;
        for (int i = 0; i < Vector<short>.Count; i++)
            peak = Math.Max(peak, Math.Max(highest[i], -lowest[i]));
        foreach (short sample in sound)
            peak = Math.Max(peak, Math.Abs((int)sample));
        return peak;
    }

    private int Loudest()
    {
        int loudest = 0;
        foreach (int second in _loudest)
            loudest = Math.Max(loudest, second);
        return loudest;
    }
}
