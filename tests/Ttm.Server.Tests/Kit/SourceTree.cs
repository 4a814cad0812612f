namespace Ttm.Server.Tests.Kit;

/// <summary>Files of the repository that are no part of the build.</summary>
internal static class SourceTree
{
    public static string PathOf(string relative)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "TtmMedia.sln")))
                return Path.Combine(folder.FullName, relative);
        }

        throw new InvalidOperationException("The tests lie outside the repository.");
    }

    public static string Read(string relative) => File.ReadAllText(PathOf(relative));
}
