using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Ttm.Rtc.Tests;

/// <summary>Ttm.Rtc is a sans-IO core: no socket, clock, thread, chance of its own or logger, read from its compiled references.</summary>
public sealed class ArchitectureTests
{
    private static readonly string[] ForbiddenTypes =
    [
        "System.Diagnostics.Stopwatch", "System.TimeProvider", "System.Random", "System.Console",
        "System.Threading.Thread", "System.Threading.ThreadPool", "System.Threading.Timer", "System.Threading.PeriodicTimer",
        "System.Threading.Tasks.Task", "System.Threading.Tasks.Task`1", "System.Net.Http.HttpClient",
    ];

    private static readonly string[] ForbiddenMembers =
    [
        "System.DateTime.get_Now", "System.DateTime.get_UtcNow", "System.DateTime.get_Today",
        "System.DateTimeOffset.get_Now", "System.DateTimeOffset.get_UtcNow",
        "System.Environment.get_TickCount", "System.Environment.get_TickCount64", "System.Guid.NewGuid",
    ];

    [Fact]
    public void Rtc_References_NoSocketsLoggersOrOtherProjects()
    {
        string[] references = Read(typeof(Instant).Assembly.Location, reader =>
            reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name)).ToArray());

        references.ShouldContain("System.Runtime");
        references.ShouldAllBe(name => name.StartsWith("System."));
        references.ShouldNotContain("System.Net.Sockets");
        references.ShouldNotContain("System.Net.Http");
    }

    [Fact]
    public void Rtc_Uses_NoClockThreadOrChance()
    {
        string[] types = Read(typeof(Instant).Assembly.Location, GetTypes);
        string[] members = Read(typeof(Instant).Assembly.Location, GetMembers);

        members.ShouldContain("System.TimeSpan.get_Ticks");
        types.Intersect(ForbiddenTypes).ShouldBeEmpty();
        members.Intersect(ForbiddenMembers).ShouldBeEmpty();
    }

    [Fact]
    public void GetMembers_OfAnAssemblyThatReadsTheClock_FindsIt()
    {
        _ = (DateTime.UtcNow, Environment.TickCount64);
        string[] members = Read(typeof(ArchitectureTests).Assembly.Location, GetMembers);
        members.ShouldContain("System.DateTime.get_UtcNow");
        members.ShouldContain("System.Environment.get_TickCount64");
    }

    private static T Read<T>(string path, Func<MetadataReader, T> read)
    {
        using var file = new PEReader(File.OpenRead(path));
        return read(file.GetMetadataReader());
    }

    private static string[] GetTypes(MetadataReader reader) =>
        [.. reader.TypeReferences.Select(handle => GetName(reader, reader.GetTypeReference(handle)))];

    private static string[] GetMembers(MetadataReader reader)
    {
        List<string> names = [];
        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            if (member.Parent.Kind == HandleKind.TypeReference)
            {
                var type = reader.GetTypeReference((TypeReferenceHandle)member.Parent);
                names.Add($"{GetName(reader, type)}.{reader.GetString(member.Name)}");
            }
        }

        return [.. names];
    }

    private static string GetName(MetadataReader reader, TypeReference type) =>
        $"{reader.GetString(type.Namespace)}.{reader.GetString(type.Name)}";
}
