namespace Ttm.Rtc.Ice;

/// <summary>The pairs of a controlling agent; during a restart also the selected one of the generation before.</summary>
internal sealed class IceCheckList(int maxPairs)
{
    private readonly List<IceCheck> _checks = [];

    public List<IceCheck> All => _checks;

    public void Add(TransportAddress remote, IceGeneration generation)
    {
        int pairs = 0;
        foreach (var check in _checks)
        {
            if (check.Generation != generation)
                continue;
            pairs++;
            if (check.Remote == remote)
                return;
        }

        if (pairs < maxPairs)
            _checks.Add(new IceCheck(remote, generation));
    }

    public void KeepOnly(IceCheck? kept) => _checks.RemoveAll(check => check != kept);

    public void KeepGeneration(IceGeneration generation) => _checks.RemoveAll(check => check.Generation != generation);

    /// <summary>A pair is selected: nothing more is sent for the others, of which those that work stay valid.</summary>
    public void EndAll(IceGeneration generation)
    {
        _checks.RemoveAll(check => check.Generation != generation || !check.IsValid);
        foreach (var check in _checks)
            check.State = IceCheckState.Succeeded;
    }

    public IceCheck? Find(ReadOnlySpan<byte> transactionId)
    {
        foreach (var check in _checks)
        {
            if (check.Matches(transactionId))
                return check;
        }

        return null;
    }

    public IceCheck? NextWaiting() => First(null, IceCheckState.Waiting);

    public IceCheck? NextSucceeded(IceGeneration generation) => First(generation, IceCheckState.Succeeded);

    public bool IsNominating(IceGeneration generation) => SilentNomination(generation, 0) is not null;

    /// <summary>A running nomination that has been sent more often than <paramref name="transmissions"/>.</summary>
    public IceCheck? SilentNomination(IceGeneration generation, int transmissions)
    {
        foreach (var check in _checks)
        {
            if (check.Generation == generation && check.State == IceCheckState.InProgress && check.IsNominating && check.Transmissions > transmissions)
                return check;
        }

        return null;
    }

    private IceCheck? First(IceGeneration? generation, IceCheckState state)
    {
        foreach (var check in _checks)
        {
            if (check.State == state && (generation is null || check.Generation == generation))
                return check;
        }

        return null;
    }
}
