using Ttm.Server.Api;

namespace Ttm.Server.Operations;

/// <summary>Something on which it depends whether the server takes new lessons.</summary>
internal interface IReadinessCheck
{
    /// <summary>Why no new lessons are taken, in a sentence for an operator, or null. Answers at once.</summary>
    string? Problem();

    /// <summary>What an operator should mend although lessons go on, or null. Answers at once.</summary>
    string? Warning() => null;
}

/// <summary>Whether new lessons are taken, and why not.</summary>
internal sealed class Readiness(IEnumerable<IReadinessCheck> checks, IHostApplicationLifetime lifetime, NodeMetrics? metrics = null)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(10);

    private readonly IReadinessCheck[] _checks = [.. checks];

    /// <summary>It stops, and HTTP with it.</summary>
    public bool IsStopping => lifetime.ApplicationStopping.IsCancellationRequested;

    public IReadOnlyList<string> Reasons()
    {
        if (!lifetime.ApplicationStarted.IsCancellationRequested)
            return ["The server is starting."];
        var reasons = _checks.Select(check => check.Problem()).OfType<string>().ToList();
        if (IsStopping)
            reasons.Insert(0, "The server is about to stop.");
        return reasons;
    }

    public IReadOnlyList<string> Warnings() => [.. _checks.Select(check => check.Warning()).OfType<string>()];

    /// <summary>The 503 for a new lesson, or null where it is welcome.</summary>
    public Problem? RefuseLesson()
    {
        var refusal = Refusal();
        if (refusal is not null)
            metrics?.LessonRefused();
        return refusal;
    }

    /// <summary>The 503 of a server that takes no new lessons, or null.</summary>
    public Problem? Refusal()
    {
        var reasons = Reasons();
        return reasons.Count == 0
            ? null
            : Api.Problem.Unavailable($"The server takes no new lessons: {string.Join(' ', reasons)}", RetryAfter, reasons);
    }
}
