namespace Ttm.Recorder.Transcoding;

/// <summary>
/// Keeps a corrupt payload, which decodes to whatever it likes, from being louder than the speech: sound that is suddenly louder than anything in the last
/// ten seconds is held at that for three packets. What is really loud is so for longer, and loses a little of its first 60 ms. Half of full scale always passes.
/// </summary>
internal sealed class ClickGuard(int sampleRate)
{
    private const int Floor = 16_384;
    private const int MaxHeld = 3;

    private readonly int[] _loudest = new int[10];
    private int _second;
    private int _samples;
    private int _held;

    /// <summary>True where it was held: the decoder, too, should forget what it took.</summary>
    public bool Apply(Span<short> sound)
    {
        int peak = 0;
        foreach (short sample in sound)
            peak = Math.Max(peak, Math.Abs((int)sample));
        int ceiling = Math.Max(Floor, Loudest() * 11 / 10);
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
            _loudest[_second] = Math.Max(_loudest[_second], peak);
        }

        _samples += sound.Length;
        if (_samples >= sampleRate)
        {
            _samples = 0;
            _second = (_second + 1) % _loudest.Length;
            _loudest[_second] = 0;
        }

        return hold;
    }

    private int Loudest()
    {
        int loudest = 0;
        foreach (int second in _loudest)
            loudest = Math.Max(loudest, second);
        return loudest;
    }
}
