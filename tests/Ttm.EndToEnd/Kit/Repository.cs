namespace Ttm.EndToEnd.Kit;

/// <summary>Where things lie: the tests run from their own bin folder.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>The built server of the same configuration (Debug or Release) as the tests.</summary>
    public static string ServerDll => Path.Combine(Root, "src", "Ttm.Server", "bin", Configuration, "net10.0", "ttm-server.dll");

    /// <summary>The load tool, built likewise.</summary>
    public static string LoadDll => Path.Combine(Root, "bench", "Ttm.Load", "bin", Configuration, "net10.0", "ttm-load.dll");

    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;

    public static string Pages => Path.Combine(Root, "src", "Ttm.Server", "wwwroot");

    /// <summary>Where the pictures of the pages go.</summary>
    public static string Pictures => Path.Combine(Root, "artifacts", "pages");

    public static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Scripts", name);

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TtmMedia.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("The tests lie outside the repository.");
    }
}
