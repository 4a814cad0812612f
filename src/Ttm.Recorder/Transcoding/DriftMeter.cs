namespace Ttm.Recorder.Transcoding;

/// <summary>
/// Tells drift of the sender's clock from jitter of the network: over some seconds, the packet that waited least shows where the clock is.
/// </summary>
internal sealed class DriftMeter(int sampleRate)
{
    private const int MinPackets = 10;

    private readonly long _window = 5L * sampleRate;
    private readonly long _tooLate = sampleRate * 20L / 1000;
    private readonly long _tooEarly = sampleRate * -30L / 1000;
    private long _windowStart = -1;
    private long _least;
    private int _count;

    /// <summary>How late the least late packet of the running or last window was, in samples.</summary>
    public long Recent { get; private set; }

    /// <param name="late">How much later than its place in the recording the packet's end came.</param>
    /// <returns>By how many samples what follows should move; 0 while all is well.</returns>
    public long Measure(long arrival, long late)
    {
        if (_windowStart < 0)
        {
            _windowStart = arrival;
            _least = late;
            Recent = late;
        }

        _count++;
        _least = Math.Min(_least, late);
        Recent = Math.Min(Recent, late);
        if (arrival - _windowStart < _window || _count < MinPackets)
            return 0;

        Recent = _least;
        Restart();
        if (Recent > _tooLate)
            return Recent;
        return Recent < _tooEarly ? Recent - (_tooEarly / 3) : 0;
    }

    /// <summary>What was measured no longer holds.</summary>
    public void Restart()
    {
        _windowStart = -1;
        _count = 0;
    }
}
