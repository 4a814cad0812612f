namespace Ttm.Server.Operations.Draining;

/// <summary>Something that takes no more newcomers from the moment when the server begins to drain.</summary>
internal interface IDrained
{
    void BeginDrain();
}
