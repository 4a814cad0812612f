using System.Buffers;
using Ttm.Recorder.Lame;

namespace Ttm.Recorder.Transcoding;

/// <summary>
/// Turns a recording's samples into frames, several at a time, and does not encode silence that lasts: once the encoder has been fed zeros until it gave
/// its silent frame, every further frame of zeros would be that one, so it is written without asking. The encoder stands where it would have stood, and
/// after the pause goes on from zeros. What is encoded depends on the samples alone, not on the pieces in which they come.
/// </summary>
internal sealed class FrameEncoder
{
    /// <summary>Frames that are encoded in one go, so that the encoder's code and tables are fetched into the caches once for all of them.</summary>
    public const int Batch = 16;

    /// <summary>
    /// Frames of zeros that are encoded after sound: by then its delay, its look-ahead and the overlap of its transform, together less than three frames, hold zeros.
    /// </summary>
    public const int Tail = 4;

    // One step of 16 bits: what a decoder makes of a muted microphone.
    private const short Quiet = 1;

    private readonly IAudioEncoder _encoder;
    private readonly IBufferWriter<byte> _output;
    private readonly int _frame;
    private readonly short[] _pcm;
    private int _count;
    private int _zeros;
    private bool _resting;

    public FrameEncoder(IAudioEncoder encoder, IBufferWriter<byte> output)
    {
        _encoder = encoder;
        _output = output;
        _frame = encoder.SamplesPerFrame;
        _pcm = new short[Batch * _frame];
    }

    public void Write(ReadOnlySpan<short> samples)
    {
        while (!samples.IsEmpty)
        {
            int count = Math.Min(samples.Length, ToFrameEnd);
            samples[..count].CopyTo(_pcm.AsSpan(_count));
            samples = samples[count..];
            Take(count);
        }
    }

    public void WriteSilence(long samples)
    {
        while (samples > 0)
        {
            if (_resting && _count == 0 && samples >= _frame)
            {
                WriteSilentFrame();
                samples -= _frame;
                continue;
            }

            int count = (int)Math.Min(samples, ToFrameEnd);
            _pcm.AsSpan(_count, count).Clear();
            samples -= count;
            Take(count);
        }
    }

    /// <summary>The rest; nothing can be written after it.</summary>
    public void Flush()
    {
        Span<short> begun = _pcm.AsSpan(_count - (_count % _frame), _count % _frame);
        if (IsQuiet(begun))
            begun.Clear();
        Encode();
        Span<byte> room = _output.GetSpan(_encoder.MaxBytes(0));
        _output.Advance(_encoder.Flush(room));
    }

    private int ToFrameEnd => _frame - (_count % _frame);

    private void Take(int count)
    {
        _count += count;
        if (_count % _frame != 0)
            return;

        Span<short> frame = _pcm.AsSpan(_count - _frame, _frame);
        if (!IsQuiet(frame))
        {
            _zeros = 0;
            _resting = false;
        }
        else if (_resting)
        {
            // Nothing but this frame is in the buffer.
            _count = 0;
            WriteSilentFrame();
            return;
        }
        else
        {
            frame.Clear();
            if (++_zeros >= Tail)
            {
                _resting = Encode().EndsWith(_encoder.SilentFrame);
                return;
            }
        }

        if (_count == _pcm.Length)
            Encode();
    }

    private static bool IsQuiet(ReadOnlySpan<short> samples) => !samples.ContainsAnyExceptInRange((short)-Quiet, Quiet);

    private ReadOnlySpan<byte> Encode()
    {
        if (_count == 0)
            return [];
        Span<byte> room = _output.GetSpan(_encoder.MaxBytes(_count));
        int length = _encoder.Encode(_pcm.AsSpan(0, _count), room);
        _output.Advance(length);
        _count = 0;
        return room[..length];
    }

    private void WriteSilentFrame()
    {
        ReadOnlySpan<byte> frame = _encoder.SilentFrame;
        frame.CopyTo(_output.GetSpan(frame.Length));
        _output.Advance(frame.Length);
    }
}
