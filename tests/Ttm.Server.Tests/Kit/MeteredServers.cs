namespace Ttm.Server.Tests.Kit;

/// <summary>Tests that read figures at /metrics of a server in this process: meters are seen process-wide, so no other server may run beside theirs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class MeteredServers
{
    public const string Name = "Metered servers";
}
