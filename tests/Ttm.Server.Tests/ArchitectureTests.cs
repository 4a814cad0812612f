using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace Ttm.Server.Tests;

/// <summary>The projects depend on one another one way; whoever adds an arrow changes this test and says why.</summary>
public sealed class ArchitectureTests
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["Ttm.Rtc"] = [],
        ["Ttm.Net"] = ["Ttm.Rtc"],
        ["Ttm.Turn"] = ["Ttm.Net"],
        ["Ttm.Recorder"] = ["Ttm.Rtc"],
        ["Ttm.Sfu"] = ["Ttm.Net"],
        ["Ttm.Server"] = ["Ttm.Sfu", "Ttm.Recorder", "Ttm.Turn"],
    };

    public static TheoryData<string> Projects => [.. Arrows.Keys];

    [Fact]
    public void Source_Projects_AreTheOnesWithArrows() =>
        Directory.GetDirectories(Path.Combine(GetRoot(), "src")).Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0)
            .Select(Path.GetFileName).ShouldBe(Arrows.Keys, ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Projects))]
    public void Project_References_AreExactlyTheArrows(string project)
    {
        var file = XDocument.Load(Path.Combine(GetRoot(), "src", project, project + ".csproj"));
        file.Descendants("ProjectReference")
            .Select(reference => Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/')))
            .ShouldBe(Arrows[project], ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Assembly_References_FollowTheArrows(string project)
    {
        var allowed = Reach(project).ToList();
        var own = ReadReferences(project).Where(name => name.StartsWith("Ttm.") || name == "ttm-server");
        own.Except(allowed).ShouldBeEmpty();
    }

    [Fact]
    public void Reach_SfuAndRecorder_DoNotKnowEachOther()
    {
        Reach("Ttm.Sfu").ShouldBe(["Ttm.Net", "Ttm.Rtc"]);
        Reach("Ttm.Recorder").ShouldBe(["Ttm.Rtc"]);
    }

    private static IEnumerable<string> Reach(string project) => Arrows[project].SelectMany(next => Reach(next).Prepend(next)).Distinct();

    private static List<string> ReadReferences(string project)
    {
        string name = project == "Ttm.Server" ? "ttm-server" : project;
        using var file = new PEReader(File.OpenRead(Path.Combine(AppContext.BaseDirectory, name + ".dll")));
        var reader = file.GetMetadataReader();
        return [.. reader.AssemblyReferences.Select(handle => reader.GetString(reader.GetAssemblyReference(handle).Name))];
    }

    private static string GetRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "TtmMedia.sln")))
            folder = Path.GetDirectoryName(folder);
        return folder.ShouldNotBeNull("the tests run inside the repository");
    }
}
