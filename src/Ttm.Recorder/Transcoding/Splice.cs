namespace Ttm.Recorder.Transcoding;

/// <summary>Makes a short piece of sound a little longer or shorter, so that nobody hears it: one period of its pitch is doubled or left out.</summary>
internal static class Splice
{
    /// <summary>The longest result for a piece of that length.</summary>
    public static int MaxLength(int length) => length + (length / 2);

    /// <param name="change">How many samples more (or, negative, fewer) are wanted.</param>
    /// <param name="result">At least <see cref="MaxLength"/> samples.</param>
    /// <returns>The result's length; its change is towards the one wanted, and at most half the piece.</returns>
    public static int Apply(ReadOnlySpan<short> piece, long change, Span<short> result)
    {
        int fade = piece.Length / 4;
        int start = piece.Length / 8;
        int longest = (int)Math.Min(piece.Length / 2, Math.Abs(change));
        int shortest = Math.Min(piece.Length / 8, longest);
        if (longest == 0)
        {
            piece.CopyTo(result);
            return piece.Length;
        }

        int period = BestPeriod(piece, start, fade, shortest, longest);
        return change < 0
            ? Join(piece, start, start + period, fade, result)
            : Join(piece, start + period, start, fade, result);
    }

    /// <summary>Plays up to <paramref name="from"/>, fades over to <paramref name="to"/>, and plays on from there.</summary>
    private static int Join(ReadOnlySpan<short> piece, int from, int to, int fade, Span<short> result)
    {
        piece[..from].CopyTo(result);
        for (int i = 0; i < fade; i++)
            result[from + i] = (short)(((piece[from + i] * (fade - i)) + (piece[to + i] * i)) / fade);
        ReadOnlySpan<short> rest = piece[(to + fade)..];
        rest.CopyTo(result[(from + fade)..]);
        return from + fade + rest.Length;
    }

    private static int BestPeriod(ReadOnlySpan<short> piece, int start, int fade, int shortest, int longest)
    {
        int best = longest;
        double bestLikeness = double.NegativeInfinity;
        for (int period = shortest; period <= longest; period++)
        {
            double product = 0;
            double energy = 1;
            for (int i = 0; i < fade; i++)
            {
                double other = piece[start + period + i];
                product += piece[start + i] * other;
                energy += other * other;
            }

            double likeness = product / Math.Sqrt(energy);
            if (likeness >= bestLikeness)
            {
                bestLikeness = likeness;
                best = period;
            }
        }

        return best;
    }
}
