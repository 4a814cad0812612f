using Ttm.Recorder.Opus;

namespace Ttm.Recorder.Transcoding;

/// <summary>
/// Writes sound and silence one after the other so that no join clicks: sound that stops is let fade by the decoder's own guess, sound that starts
/// is faded in; time is stretched a little where the sender's clock drifts.
/// </summary>
internal sealed class SoundWriter
{
    private readonly IAudioDecoder _decoder;
    private readonly ISampleSink _output;
    private readonly int _millisecond;
    private readonly short[] _guess;
    private readonly short[] _spliced;
    private long _nextSplice;
    private long _inTimeUntil;
    private double _loudness;
    private bool _sounding;

    public SoundWriter(IAudioDecoder decoder, ISampleSink output)
    {
        _decoder = decoder;
        _output = output;
        _millisecond = decoder.SampleRate / 1000;
        _guess = new short[20 * _millisecond];
        _spliced = new short[Splice.MaxLength(120 * _millisecond)];
    }

    /// <summary>Samples written so far.</summary>
    public long Cursor { get; private set; }

    /// <summary>Silence up to where something known begins; a running sound first fades out.</summary>
    public void Rest(long until, long end) => Rest(until, Math.Min(10 * _millisecond, until - Cursor), end);

    /// <summary>Silence up to where nothing is known; a running sound fades out, beyond there if need be.</summary>
    public void RestOpen(long until, long end) => Rest(until, 10 * _millisecond, end);

    private void Rest(long until, long fade, long end)
    {
        until = Math.Min(until, end);
        if (until <= Cursor)
            return;
        if (_sounding)
            Conceal(fade, fadeOut: true, end);
        _sounding = false;
        if (until <= Cursor)
            return;
        _output.WriteSilence(until - Cursor);
        Cursor = until;
    }

    /// <summary>Goes on with what the decoder thinks came next. Returns the samples written: none after silence.</summary>
    public long Conceal(long count, bool fadeOut, long end)
    {
        long from = Cursor;
        long until = Math.Min(Cursor + count, end);
        while (_sounding && Cursor < until)
        {
            // The decoder guesses in steps of 2.5 ms.
            int wanted = (int)Math.Min(until - Cursor, _guess.Length);
            int step = _decoder.SampleRate / 400;
            Span<short> guess = _guess.AsSpan(0, (wanted + step - 1) / step * step);
            _decoder.Conceal(guess);
            guess = guess[..wanted];
            if (fadeOut && Cursor + wanted == until)
                FadeOut(guess[^Math.Min(wanted, 10 * _millisecond)..]);
            _output.Write(guess);
            Cursor += wanted;
        }

        _sounding &= !fadeOut;
        return Cursor - from;
    }

    /// <summary>Decoded sound that belongs at <paramref name="position"/>; what is before the cursor is left out.</summary>
    /// <param name="mendable">The packet it is of, where time may be mended in it.</param>
    public void Sound(Span<short> samples, long position, WaitingPacket? mendable, long end)
    {
        int done = (int)Math.Clamp(Cursor - position, 0, samples.Length);
        samples = samples[done..];
        if (!_sounding || done > 0)
            FadeIn(samples[..Math.Min(samples.Length, 3 * _millisecond)]);

        if (mendable is not { MayMend: true })
            _inTimeUntil = Cursor;
        ReadOnlySpan<short> sound = samples;
        if (MaySplice(samples) && mendable is { MayMend: true } && done == 0)
        {
            int length = Splice.Apply(samples, mendable.Epoch.Pending, _spliced);
            mendable.Epoch.Shift(length - samples.Length);
            sound = _spliced.AsSpan(0, length);
            _nextSplice = Cursor + (500 * _millisecond);
        }

        sound = sound[..(int)Math.Clamp(end - Cursor, 0, sound.Length)];
        if (sound.IsEmpty)
            return;
        _output.Write(sound);
        Cursor += sound.Length;
        _sounding = true;
    }

    /// <summary>In a pause the clocks are brought together at no cost. Returns by how much the pause grows.</summary>
    public long MendInPause(WaitingPacket next, long gap)
    {
        if (!next.MayMend || gap < 40 * _millisecond)
            return 0;
        long change = Math.Max(next.Epoch.Pending, -Math.Max(0, gap - (20 * _millisecond)));
        next.Epoch.Shift(change);
        return change;
    }

    /// <summary>In a quiet moment; in a loud one where none came for three seconds.</summary>
    private bool MaySplice(ReadOnlySpan<short> samples)
    {
        double energy = 0;
        foreach (short sample in samples)
            energy += sample * sample;
        double power = energy / Math.Max(1, samples.Length);
        _loudness += (power - _loudness) / 50;
        if (Cursor < _nextSplice || samples.Length < 5 * _millisecond)
            return false;
        return power < _loudness / 16 || Cursor >= _inTimeUntil + (3000 * _millisecond);
    }

    private static void FadeIn(Span<short> samples)
    {
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (short)(samples[i] * i / samples.Length);
    }

    private static void FadeOut(Span<short> samples)
    {
        for (int i = 0; i < samples.Length; i++)
            samples[i] = (short)(samples[i] * (samples.Length - 1 - i) / samples.Length);
    }
}
