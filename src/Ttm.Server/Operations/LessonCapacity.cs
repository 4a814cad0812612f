using Ttm.Sfu.Lessons;

namespace Ttm.Server.Operations;

/// <summary>Not ready while the node has as many lessons or connections as it takes, so that a load balancer looks elsewhere.</summary>
internal sealed class LessonCapacity(ILessons lessons) : IReadinessCheck
{
    public string? Problem() => lessons.FullReason;
}
