namespace Ttm.Server.Operations;

/// <summary>Something without which the server takes no new lessons.</summary>
internal interface IReadinessCheck
{
    /// <summary>What is wrong, in a sentence for an operator, or null. Answers at once.</summary>
    string? Problem();
}

/// <summary>Whether new lessons are taken, and why not.</summary>
internal sealed class Readiness(IEnumerable<IReadinessCheck> checks, IHostApplicationLifetime lifetime)
{
    private readonly IReadinessCheck[] _checks = [.. checks];

    public bool IsDraining => lifetime.ApplicationStopping.IsCancellationRequested;

    public IReadOnlyList<string> Reasons()
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            return ["The server is starting."];
        var reasons = _checks.Select(check => check.Problem()).OfType<string>().ToList();
        if (IsDraining)
            reasons.Insert(0, "The server is about to stop.");
        return reasons;
    }
}
