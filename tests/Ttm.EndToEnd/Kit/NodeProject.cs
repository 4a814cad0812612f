using System.Diagnostics;

namespace Ttm.EndToEnd.Kit;

/// <summary>An application's folder with node_modules: the packed ttm-media, installed from its tarball, and what tests/npm has.</summary>
internal sealed class NodeProject : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    private static readonly string Tools = Path.Combine(Repository.Root, "tests", "npm", "node_modules");
    private static readonly SemaphoreSlim Packing = new(1, 1);

    private NodeProject(string folder) => Folder = folder;

    public string Folder { get; }

    public static string Package => Path.Combine(Repository.Root, "packages", "ttm-media");

    public static async Task<NodeProject> CreateAsync()
    {
        Directory.Exists(Tools).ShouldBeTrue("tests/npm has no node_modules: run eng/install-deps.sh test");
        var project = new NodeProject(Directory.CreateTempSubdirectory("ttm-node-").FullName);
        await project.WriteAsync("package.json", """{ "private": true, "type": "module" }""");

        // The packing copies its files, so one at a time.
        await Packing.WaitAsync();
        try
        {
            await RunAsync(Package, "npm", "pack", "--silent", "--pack-destination", project.Folder);
        }
        finally
        {
            Packing.Release();
        }

        var tarball = Directory.GetFiles(project.Folder, "ttm-media-*.tgz").ShouldHaveSingleItem();
        await RunAsync(project.Folder, "npm", "install", "--silent", "--offline", "--no-audit", "--no-fund", tarball);
        foreach (var tool in Directory.GetDirectories(Tools).Where(tool => Path.GetFileName(tool) is not (".bin" or "ttm-media")))
            Directory.CreateSymbolicLink(Path.Combine(project.Folder, "node_modules", Path.GetFileName(tool)), tool);
        return project;
    }

    public Task WriteAsync(string name, string content) => File.WriteAllTextAsync(Path.Combine(Folder, name), content);

    /// <summary>Its standard output; another exit code than 0 is a failure.</summary>
    public Task<string> NodeAsync(params string[] arguments) => RunAsync(Folder, "node", arguments);

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private static async Task<string> RunAsync(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} does not end.");
        }

        process.ExitCode.ShouldBe(0, $"{program} {string.Join(' ', arguments)}\n{await output}\n{await errors}");
        return await output;
    }
}
